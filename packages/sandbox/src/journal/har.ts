import { VERSION } from '@coupon-media/apiv3';
import { legibleText } from './legible.js';
import { masked } from './masked.js';
import type { ReceivedRequest, SentResponse } from './received-request.js';

export interface ExportOptions {
  /** The beginning of URLs. */
  readonly origin: string;
  /** Whether the signature and the bytes of the body, image included, are part of it. */
  readonly whole: boolean;
}

/** @returns requests as HAR 1.2, which browsers and many HTTP tools open */
export function toHar(requests: readonly ReceivedRequest[], options: ExportOptions): object {
  return {
    log: {
      version: '1.2',
      creator: { name: 'coupon-media sandbox', version: VERSION },
      entries: requests.map((request) => entryOf(request, options)),
    },
  };
}

function entryOf(request: ReceivedRequest, { origin, whole }: ExportOptions): object {
  const { at, milliseconds, method, url, response, mistake, replayOf } = request;
  const comment = [
    ...(replayOf === undefined ? [] : [`replay of #${replayOf}`]),
    ...(mistake ? [mistake.en] : []),
  ].join(': ');
  const mimeType = request.header('content-type') ?? '';
  const body = request.body;
  const bytes = Buffer.byteLength(response?.body ?? '');
  return {
    startedDateTime: at.toISOString(),
    time: milliseconds,
    request: {
      ...{ method, url: `${origin}${url}`, httpVersion: 'HTTP/1.1', cookies: [] },
      headers: named(masked(request.headers, { signature: whole })),
      ...{ queryString: queryOf(url), headersSize: -1, bodySize: body.length },
      ...(body.length > 0 && {
        postData: { mimeType, text: whole ? body.toString('latin1') : textOf(request) },
      }),
    },
    response: {
      ...{ status: response?.status ?? 0, statusText: '', httpVersion: 'HTTP/1.1', cookies: [] },
      headers: named(Object.entries(response?.headers ?? {})),
      content: { size: bytes, mimeType: headerOf(response, 'content-type'), text: response?.body ?? '' },
      ...{ redirectURL: '', headersSize: -1, bodySize: bytes },
    },
    cache: {},
    timings: { send: 0, wait: milliseconds, receive: 0 },
    ...(comment && { comment }),
  };
}

/** The body without the image, also where it is no form, or the image has another name in it. */
function textOf({ parts, signedBody, body }: ReceivedRequest): string {
  if (parts.length === 0) return legibleText(body) ?? `[${body.length} bytes]`;
  const files = parts
    .filter(({ name }) => name === 'file')
    .map(({ sha256, bytes }) => `[file: ${bytes.length} bytes, sha256 ${sha256}]`);
  return [legibleText(signedBody) ?? `[meta: ${signedBody.length} bytes]`, ...files].join('\n');
}

function queryOf(url: string): { name: string; value: string }[] {
  const at = url.indexOf('?');
  return [...new URLSearchParams(at < 0 ? '' : url.slice(at))].map(([name, value]) => ({ name, value }));
}

function headerOf(response: SentResponse | undefined, wanted: string): string {
  const found = Object.entries(response?.headers ?? {}).find(([name]) => name.toLowerCase() === wanted);
  return found?.[1] ?? '';
}

function named(headers: readonly (readonly [string, string])[]): { name: string; value: string }[] {
  return headers.map(([name, value]) => ({ name, value }));
}
