import { language, say } from '../messages/language.js';
import { TROUBLE } from '../messages/shell.js';

/** Why there is no result: what the server said, or that it could not be asked. */
export interface ServerProblem {
  /** Of the door, or `offline`, `no-door`, `unreadable`, `changed`, `unfit`. */
  readonly code: string;
  /** For people, in the language in which it was asked. */
  readonly text: string;
  /** Milliseconds after which asking again is worth while; undefined if it is not. */
  readonly again: number | undefined;
}

/** Reads a refusal (RFC 9457). Its texts are shown as text alone. */
export function problemOf(status: number, body: string, retryAfter: string | null): ServerProblem {
  const again = AGAIN.has(status) ? 1000 * Math.max(1, Number(retryAfter) || 2) : undefined;
  const { code, title, detail } = fieldsOf(body);
  if (code !== undefined)
    return { code, text: [title, detail].filter(Boolean).join(COLON[language.value]), again };
  if (status === 404) return { code: 'no-door', text: say(TROUBLE.noDoor), again: undefined };
  return { code: 'unreadable', text: say(TROUBLE.unreadable, { status }), again };
}

export function offline(): ServerProblem {
  return { code: 'offline', text: say(TROUBLE.offline), again: 3000 };
}

/** A file is no longer what it was when it was chosen, and the browser gives none of it any more. */
export function changed(): ServerProblem {
  return { code: 'changed', text: say(TROUBLE.changed), again: undefined };
}

/** What the page itself does not send. */
export function unfit(): ServerProblem {
  return { code: 'unfit', text: say(TROUBLE.unfit), again: undefined };
}

/** Why a request with a file was cut off: the browser does not say whether the network failed or the file can no longer be read. */
export async function cutOff(file: Blob): Promise<ServerProblem> {
  return (await isUnchanged(file)) ? offline() : changed();
}

/** @returns whether a file is still the one that was chosen; the browser compares its time when it reads */
export function isUnchanged(file: Blob): Promise<boolean> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}

/** Between the title of a problem and its detail, which may begin with either case. */
const COLON = { 'zh-CN': '：', en: ': ' } as const;

/** Codes of a session or a token that will not be accepted, however often it is sent. */
export const REFUSED_TOKENS: ReadonlySet<string> = new Set([
  'session-over',
  'token-missing',
  'token-wrong',
  'token-revoked',
  'token-expired',
  'token-in-clear',
]);

/** The same image is the same upload, so that asking again never uploads it twice. */
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

function fieldsOf(body: string): Partial<Record<'code' | 'title' | 'detail', string>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return {};
    const field = (name: string) => {
      const found: unknown = Reflect.get(value, name);
      return typeof found === 'string' ? { [name]: found } : {};
    };
    return { ...field('code'), ...field('title'), ...field('detail') };
  } catch {
    return {};
  }
}
