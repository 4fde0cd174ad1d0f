import type { IncomingMessage } from 'node:http';

/**
 * Whether a request is one of the service's own page, as far as a browser says. A browser sends a cookie by itself, whoever has made it
 * send the request; a token it sends only if a page has it. So this is asked of requests without a token alone, after the guard that has
 * compared Host and Origin.
 */
export function isOfOwnPage({ method = '', headers }: Pick<IncomingMessage, 'headers' | 'method'>): boolean {
  const site = headers['sec-fetch-site'];
  const isRead = READS.has(method);
  // Older browsers, and any at an address that is not trustworthy to them, leave the site out; a write has its Origin all the same.
  const isSameSite = site === undefined ? isRead || headers.origin !== undefined : site === 'same-origin';
  // No form can send this header, and for a script of another origin a browser asks first, which is never allowed.
  return isSameSite && (isRead || headers['coupon-media-console'] === '1');
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
