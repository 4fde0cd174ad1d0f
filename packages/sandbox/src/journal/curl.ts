import type { ExportOptions } from './har.js';
import { masked } from './masked.js';
import type { ReceivedRequest } from './received-request.js';

/** Headers that curl sends by itself, from the body that it reads. */
const BY_CURL = new Set(['host', 'content-length', 'connection', 'transfer-encoding', 'expect']);

/** @returns a command line that sends the request again; its body is read from a file */
export function toCurl(request: ReceivedRequest, { origin, whole }: ExportOptions): string {
  const headers = masked(request.headers, { signature: whole }).filter(
    ([name]) => !BY_CURL.has(name.toLowerCase()),
  );
  const body = request.body.length > 0 ? [`--data-binary @request-${request.number}.bin`] : [];
  return [
    `curl -X ${quoted(request.method)} ${quoted(`${origin}${request.url}`)}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...body,
  ].join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
