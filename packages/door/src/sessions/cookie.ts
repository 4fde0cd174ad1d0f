import { readToken, type TokenText } from '../tokens/token.js';

/** Where a browser is that gets or sends the cookie of a session. */
export interface CookiePlace {
  /** Whether the browser used TLS, to the service or to the proxy in front of it. */
  readonly isByTls: boolean;
  /** The header Host. */
  readonly host: string | undefined;
}

/** Finds the session in the header Cookie; of several the first, which is that of the narrowest path. */
export function sessionIn(cookies: string | undefined, place: CookiePlace): TokenText | undefined {
  const names = namesAt(place);
  for (const pair of cookies?.split(';') ?? []) {
    const [name = '', value = ''] = pair.trim().split('=', 2);
    const session = names.includes(name) ? readToken(value, 'cms') : undefined;
    if (session) return session;
  }
  return undefined;
}

/**
 * The value of `Set-Cookie`. No script can read the cookie, no page of another site makes a browser send it, and no other path gets it.
 *
 * @param text what the cookie holds; empty: the browser forgets it
 * @param seconds for which it is kept
 */
export function sessionCookie(text: string, seconds: number, base: string, place: CookiePlace): string {
  const [atRoot, below] = namesAt(place);
  const name = base === '/' ? atRoot : below;
  const flags = `Path=${base}; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
  return `${name}=${text}; ${flags}${place.isByTls ? '; Secure' : ''}`;
}

/**
 * The path under which a browser sees the service. A proxy may have taken a prefix off, which the page knows and says; whoever says a
 * wrong one gets a cookie that does not come back.
 *
 * @param said the header Coupon-Media-Base: `/` or `/pay/`
 */
export function basePath(said: string | undefined): string {
  return said !== undefined && /^\/(?:[\w.~-]{1,100}\/){0,10}$/.test(said) ? said : '/';
}

const NAME = 'coupon-media-session';

/**
 * The names at the root and below it. By TLS a prefix keeps others of the same domain from setting the cookie; `__Host-` is for the root
 * alone. Without TLS all ports of a machine share their cookies, so that the port is in the name.
 */
function namesAt({ isByTls, host = '' }: CookiePlace): readonly [atRoot: string, below: string] {
  if (isByTls) return [`__Host-${NAME}`, `__Secure-${NAME}`];
  const name = `${NAME}-${/:(\d{1,5})$/.exec(host)?.[1] ?? '80'}`;
  return [name, name];
}
