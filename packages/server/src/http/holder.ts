import { isIPv6 } from 'node:net';

/**
 * Names the holder of a connection by the address of its peer. A customer is given a whole IPv6 network of 64 bits, and a single
 * host may use every address of it, so that all of them are one holder.
 *
 * @param address undefined if the peer has gone already
 */
export function holderOf(address = ''): string {
  const [, v4] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (v4 !== undefined) return v4;
  // Node compiles a long expression when it is asked for the first time, and most addresses are of IPv4.
  if (!address.includes(':') || !isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  // `::` stands for as many zeros as the eight groups lack.
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return groups.slice(0, 4).join(':');
}
