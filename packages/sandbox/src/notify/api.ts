import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { SandboxError } from '../run/sandbox-error.js';
import type { Notify, NotifyOptions } from './notify.js';

/** Bytes of a request. */
const BODY_LIMIT = 64 * 1024;

/**
 * `POST /sandbox/notifications`: sends a notification, for programs in any language. Receivers are on this machine, or have a
 * name that `--allow-host` gives: whoever may use the sandbox could otherwise reach, through it, what only this machine can reach.
 *
 * @param isKnownHost tells whether a host name in lower case is one of those
 */
export function notificationsApi(notify: Notify, isKnownHost: (name: string) => boolean): Hono {
  const api = new Hono();
  api.post(
    '/',
    bodyLimit({
      maxSize: BODY_LIMIT,
      onError: (context) => context.json(refusal('the body is longer than 64 KiB'), 413, CLOSE),
    }),
    async (context) => {
      const asked: unknown = await context.req.json().catch(() => undefined);
      const read = readRequest(asked);
      if (typeof read === 'string') return context.json(refusal(read), 400);
      const { url, options } = read;
      const host = URL.canParse(url) ? new URL(url).hostname : '';
      if (!isKnownHost(host)) return context.json(refusal(FOREIGN), 403);
      try {
        return context.json(await notify(url, options));
      } catch (error) {
        if (!(error instanceof SandboxError)) throw error;
        return context.json(refusal(error.message), 400);
      }
    },
  );
  return api;
}

/** The rest of the body stays unread, so that no other request may follow it. */
const CLOSE = { Connection: 'close' };

const FOREIGN = 'receivers are on this machine, or have a name that --allow-host gives';

const TEXTS = ['url', 'event', 'mistake', 'id', 'merchant'] as const;

/** @returns what is wrong with the request, in words */
function readRequest(asked: unknown): string | { readonly url: string; readonly options: NotifyOptions } {
  if (typeof asked !== 'object' || asked === null)
    return 'the body is a JSON object with the url of a receiver';
  const given = new Map<string, unknown>(Object.entries(asked));
  for (const name of given.keys()) {
    if (name !== 'resource' && !TEXTS.some((known) => known === name))
      return `there is no ${JSON.stringify(name.slice(0, 60))}; there are ${TEXTS.join(', ')}, resource`;
  }
  for (const name of TEXTS) {
    const value = given.get(name);
    if (value !== undefined && typeof value !== 'string') return `${name} must be a text`;
  }
  const { url, ...options } = Object.fromEntries(given) as NotifyOptions & { url?: string };
  return url === undefined ? 'url is required' : { url, options };
}

function refusal(message: string): object {
  return { code: 'NOTIFY', message };
}
