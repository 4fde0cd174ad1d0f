import { isLoopbackHost } from '@coupon-media/apiv3';

/**
 * Judges whether a request may come from a web page: one that is open in a browser can send requests to a loopback address, under its
 * own origin or, by a name that is made to point here, under any host.
 *
 * @param allowedHosts names beside those of the loopback under which the service is known
 * @returns a function of a request's headers, its target as sent, and whether it came by TLS, where no name is wrong, since the certificate
 *   has proven it. It says what is wrong: `host`, the name is unknown; `origin`, the request is of another site's page
 */
export function createPageGuard(
  allowedHosts: readonly string[],
): (
  header: (name: string) => string | undefined,
  target?: string,
  isByTls?: boolean,
) => 'host' | 'origin' | undefined {
  const isKnown = knownHosts(allowedHosts);
  return (header, target = '/', isByTls = false) => {
    const host = header('host') ?? '';
    // A target in absolute form takes the place of Host (RFC 9112, 3.2.2), so that both have to say the same.
    const own = `${isByTls ? 'https' : 'http'}://${host}`;
    const isAtHost = target.startsWith('/') || target.startsWith(`${own}/`);
    if (!(isByTls || isKnown(nameOf(host))) || !isAtHost) return 'host';
    const origin = header('origin');
    if (origin !== undefined && origin !== own) return 'origin';
    const site = header('sec-fetch-site');
    return site === undefined || site === 'same-origin' || site === 'none' ? undefined : 'origin';
  };
}

/** A host without its port, in lower case. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

/**
 * @param allowedHosts names beside those of the loopback
 * @returns whether a name in lower case, or an IPv6 address in brackets, is one of them
 */
export function knownHosts(allowedHosts: readonly string[]): (name: string) => boolean {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return (name) => isLoopbackHost(name) || allowed.has(name);
}
