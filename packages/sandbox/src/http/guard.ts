import { createPageGuard } from '@coupon-media/server';
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';

/**
 * Admits programs of this machine and refuses web pages of others.
 *
 * @param allowedHosts names beside those of the loopback under which the sandbox is known
 */
export function guard(allowedHosts: readonly string[]): MiddlewareHandler {
  const refusalOf = createPageGuard(allowedHosts);
  return async (context, next) => {
    const { method } = context.req;
    const header = (name: string) => context.req.header(name);
    const { incoming }: HttpBindings = context.env;
    const refusal = refusalOf(header, incoming.url);
    if (refusal) return context.json(REFUSED[refusal], 403);
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
