import { request } from 'node:https';
import type { CallbackSigner } from './signature.js';
import type { LaterUpload } from './uploads.js';

/** Tells others that an upload is settled. */
export interface Callbacks {
  /** Whether an address may be called: https, and within one that the configuration allows. */
  isAllowed(url: string): boolean;
  /** @returns whether the receiver took it, by a status of 2xx within the deadline */
  deliver(upload: LaterUpload, signal: AbortSignal): Promise<boolean>;
}

export interface CallbackOptions {
  /** https URLs; an address is allowed if it is one of them or lies below its path. */
  readonly allowed: readonly string[];
  /** PEM certificates that are trusted beside those of Node, for receivers inside a company. */
  readonly ca?: string | undefined;
}

/**
 * @param viewOf what the receiver is told
 * @param deadline milliseconds that a receiver has for the head of its response
 */
export function createCallbacks(
  { allowed, ca }: CallbackOptions,
  signer: CallbackSigner,
  viewOf: (upload: LaterUpload) => Promise<object>,
  deadline = 10_000,
): Callbacks {
  const places = allowed.map((place) => new URL(place));
  return {
    isAllowed(text) {
      if (!URL.canParse(text)) return false;
      const url = new URL(text);
      const isPlain =
        url.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '';
      return isPlain && places.some((place) => isWithin(url, place));
    },
    async deliver(upload, signal) {
      const body = Buffer.from(JSON.stringify(await viewOf(upload)));
      const url = new URL(upload.callback ?? '');
      // It may have been taken off the list since.
      if (!this.isAllowed(url.href)) return false;
      const headers = { 'Content-Type': 'application/json', ...signer.sign(url, body) };
      return post(url, headers, body, AbortSignal.any([signal, AbortSignal.timeout(deadline)]), ca);
    },
  };
}

function isWithin(url: URL, place: URL): boolean {
  if (url.origin !== place.origin || place.protocol !== 'https:') return false;
  const folder = place.pathname.endsWith('/') ? place.pathname : `${place.pathname}/`;
  return url.pathname === place.pathname || url.pathname.startsWith(folder);
}

/** Redirects are not followed: they could lead to an address that is not allowed. */
function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      { method: 'POST', headers, signal, agent: false, ...(ca !== undefined && { ca }) },
      (response) => {
        const { statusCode = 0 } = response;
        response.on('error', () => {});
        response.destroy();
        resolve(statusCode >= 200 && statusCode < 300);
      },
    );
    outgoing.on('error', () => resolve(false));
    outgoing.end(body);
  });
}
