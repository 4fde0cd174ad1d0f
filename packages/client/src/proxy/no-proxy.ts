import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from '@coupon-media/apiv3';

/**
 * Tells whether NO_PROXY excepts a target, by curl's rules: names with their subdomains, a leading dot or not, addresses, CIDR blocks, and
 * `*` alone for everything, separated by commas or white space. Beyond curl, an entry may have a port, and loopback is always excepted.
 */
export function isExcepted(target: URL, list: string): boolean {
  const host = target.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  // Through a proxy, loopback would be the proxy's own host. The sandbox listens here.
  if (list.trim() === '*' || isLoopbackHost(host)) return true;
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  const [, bracketed, bare = bracketed ?? '', ofPort] =
    /^(?:\[([^\]]*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  if (ofPort !== undefined && isIP(entry) === 0 && ofPort !== port) return false;
  const name = isIP(entry) === 0 ? bare : entry;
  if (isIP(host) !== 0) return isSameAddress(name, host);
  const plain = name.replace(/^\.|\.$/g, '');
  return plain !== '' && (host === plain || host.endsWith(`.${plain}`));
}

function isSameAddress(entry: string, host: string): boolean {
  const [address = '', bits] = entry.split('/', 2);
  const family = isIP(address);
  if (family === 0 || family !== isIP(host)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  if (bits === undefined) list.addAddress(address, kind);
  else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
    list.addSubnet(address, Number(bits), kind);
  return list.check(host, kind);
}
