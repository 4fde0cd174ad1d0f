import type { MiddlewareHandler } from 'hono';

/**
 * Admits programs of this machine and refuses web pages: a page that is open in a browser can send requests to a loopback address, under
 * its own origin or, by a name that is made to point here, under any host.
 *
 * @param allowedHosts names beside those of the loopback under which the sandbox is known
 */
export function guard(allowedHosts: readonly string[]): MiddlewareHandler {
  const isKnown = knownHosts(allowedHosts);
  return async (context, next) => {
    const { method, header } = {
      method: context.req.method,
      header: (name: string) => context.req.header(name),
    };
    const host = header('host') ?? '';
    if (!isKnown(nameOf(host))) return context.json(REFUSED.host, 403);
    const origin = header('origin');
    const site = header('sec-fetch-site');
    if (origin !== undefined && origin !== `http://${host}`) return context.json(REFUSED.origin, 403);
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return context.json(REFUSED.origin, 403);
    // A form of a page can send only three other types.
    const type = header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    if (!READS.has(method) && type !== 'application/json') return context.json(REFUSED.type, 415);
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('Content-Security-Policy', "default-src 'none'");
    return next();
  };
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

const REFUSED = {
  host: { code: 'HOST', message: 'Host is not a loopback address, nor one that --allow-host names' },
  origin: { code: 'ORIGIN', message: 'pages of other origins are refused' },
  type: { code: 'CONTENT_TYPE', message: 'writes need Content-Type: application/json' },
} as const;

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
  return (name) => /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/.test(name) || allowed.has(name);
}
