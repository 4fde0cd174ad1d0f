import { isCurlTrace, readCurlTrace } from './curl-trace.js';
import { readRawHttp } from './formats.js';

/** What is known of an exchange. Texts are Latin-1, one character a byte, so that no byte is lost. */
export interface Capture {
  method?: string;
  /** As it stands in the request line. */
  url?: string;
  /** The request's, by lower-case name. */
  headers: ReadonlyMap<string, string>;
  /** The request's. */
  body?: string;
  answer?: CapturedAnswer;
}

export interface CapturedAnswer {
  status?: number;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/**
 * Reads whatever people have of a request that was refused: an HTTP message as it went over the wire, request or answer
 * or both; what `curl -v` printed; header lines alone; or the JSON of the refusal.
 *
 * @returns undefined where it is none of these
 */
export function readCapture(bytes: Uint8Array): Capture | undefined {
  const text = Buffer.from(bytes).toString('latin1').replace(/^\s+/, '');
  if (isCurlTrace(text)) return readCurlTrace(text);
  if (/^[{[]/.test(text)) return { headers: new Map(), answer: { headers: new Map(), body: text } };
  return readRawHttp(text);
}

/** Several captures of one exchange as one: what an earlier one says stands. */
export function mergeCaptures(captures: readonly Capture[]): Capture {
  const lastFirst = [...captures].reverse();
  const merged: Capture = Object.assign({}, ...lastFirst);
  return { ...merged, headers: new Map(lastFirst.flatMap(({ headers }) => [...headers])) };
}
