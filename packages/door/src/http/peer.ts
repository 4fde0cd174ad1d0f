import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { holderOf } from '@coupon-media/server';

/** Where a request comes from. */
export interface Peer {
  /** An address, or the network of 64 bits that a host of IPv6 has. */
  readonly address: string;
  /** Whether nobody on the way could read the request: it came by TLS, or did not leave this machine. */
  readonly isPrivate: boolean;
  /** Whether the sender used TLS, to the service or to the proxy in front of it. */
  readonly isByTls: boolean;
}

/**
 * Without a proxy that was announced, a request with a proxy's headers has come from elsewhere, whatever its last step. With one, the
 * proxy says by `X-Forwarded-Proto` whether it was asked by TLS, and appends the address of its own peer to `X-Forwarded-For`.
 *
 * @param isBehindTlsProxy whether a proxy that ends TLS stands in front of the service
 */
export function peerOf({ socket, headers }: IncomingMessage, isBehindTlsProxy: boolean): Peer {
  const direct = holderOf(socket.remoteAddress);
  const isLocal = LOOPBACK.test(direct);
  const isForwarded = FORWARDED.some((name) => headers[name] !== undefined);
  if (!isBehindTlsProxy || !isForwarded) {
    const isByTls = socket instanceof TLSSocket;
    return { address: direct, isPrivate: isByTls || (isLocal && !isForwarded), isByTls };
  }
  const isByTls = headers['x-forwarded-proto'] === 'https';
  const last = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return { address: last ? holderOf(last) : direct, isPrivate: isByTls, isByTls };
}

/** As `holderOf` writes them: the loopback of IPv6 is the network of zeros and what is left of `::1`. */
const LOOPBACK = /^(?:127\.|0:0:0:0$)/;
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'] as const;
