import type { Capture, CapturedAnswer } from './capture.js';

export const REQUEST_LINE = /^([A-Z]+) (\S+)(?: HTTP\/\S+)?$/;
export const STATUS_LINE = /^HTTP\/\S+ (\d{3})/;

/**
 * Reads HTTP as it went over the wire, or as it was saved with LF for CRLF: a request, an answer, a request and its
 * answer, or header lines without a first line.
 *
 * @returns undefined where it does not begin like any of these
 */
export function readRawHttp(text: string): Capture | undefined {
  const { first, headers, rest } = headOf(text);
  if (STATUS_LINE.test(first)) return { headers: new Map(), answer: answerIn(text) };
  const [, method, url] = REQUEST_LINE.exec(first) ?? [];
  if (method === undefined || url === undefined) return headerLines(text);
  const { body, after } = cut(rest, headers);
  return {
    method,
    url,
    headers,
    ...(body !== '' && { body }),
    ...(STATUS_LINE.test(after) && { answer: answerIn(after) }),
  };
}

function answerIn(text: string): CapturedAnswer {
  const { first, headers, rest } = headOf(text);
  return { status: Number(STATUS_LINE.exec(first)?.[1]), headers, body: cut(rest, headers).body };
}

/** The first line, the header lines behind it, and what comes after the empty line. */
function headOf(text: string) {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text.trimEnd();
  const [first = '', ...lines] = head.split(/\r?\n/);
  return { first, headers: headerMap(lines), rest: end ? text.slice(end.index + end[0].length) : '' };
}

/** A body up to its length, or to where an answer begins. */
function cut(rest: string, headers: ReadonlyMap<string, string>): { body: string; after: string } {
  const length = Number(headers.get('content-length'));
  const answer = /(?:^|\n)HTTP\/\d/.exec(rest);
  const end = length <= rest.length ? length : (answer?.index ?? rest.length);
  return { body: rest.slice(0, end), after: rest.slice(end).trimStart() };
}

function headerLines(text: string): Capture | undefined {
  const headers = headerMap(text.split(/\r?\n/));
  return headers.size > 0 ? { headers } : undefined;
}

/** By lower-case name; of a header that stands more than once, the first. */
export function headerMap(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([\w-]+):[ \t]*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !headers.has(name.toLowerCase()))
      headers.set(name.toLowerCase(), value);
  }
  return headers;
}
