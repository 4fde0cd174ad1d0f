/** What is known of an exchange. Texts are Latin-1, one character a byte, so that no byte is lost. */
export interface Capture {
  method?: string;
  /** As it stands in the request line. */
  url?: string;
  /** The request's, by lower-case name. */
  headers: ReadonlyMap<string, string>;
  /** The request's. */
  body?: string;
  response?: CapturedResponse;
}

export interface CapturedResponse {
  status?: number;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** Several captures of one exchange as one: what an earlier one says stands. */
export function mergeCaptures(captures: readonly Capture[]): Capture {
  const lastFirst = [...captures].reverse();
  const merged: Capture = Object.assign({}, ...lastFirst);
  return { ...merged, headers: new Map(lastFirst.flatMap(({ headers }) => [...headers])) };
}

/**
 * Reads whatever people have of a request that was refused: an HTTP message as it went over the wire, request or response
 * or both; what `curl -v` printed; header lines alone; or the JSON of the refusal.
 *
 * @returns undefined where it is none of these
 */
export function readCapture(bytes: Uint8Array): Capture | undefined {
  const text = Buffer.from(bytes).toString('latin1').replace(/^\s+/, '');
  if (isCurlTrace(text)) return readCurlTrace(text);
  if (/^[{[]/.test(text)) return { headers: new Map(), response: { headers: new Map(), body: text } };
  return readRawHttp(text);
}

const REQUEST_LINE = /^([A-Z]+) (\S+)(?: HTTP\/\S+)?$/;
const STATUS_LINE = /^HTTP\/\S+ (\d{3})/;

/**
 * Reads HTTP as it went over the wire, or as it was saved with LF for CRLF: a request, a response, a request and its
 * response, or header lines without a first line.
 *
 * @returns undefined where it does not begin like any of these
 */
function readRawHttp(text: string): Capture | undefined {
  const { first, headers, rest } = headOf(text);
  if (STATUS_LINE.test(first)) return { headers: new Map(), response: responseIn(text) };
  const [, method, url] = REQUEST_LINE.exec(first) ?? [];
  if (method === undefined || url === undefined) return headerLines(text);
  const { body, after } = cut(rest, headers);
  return {
    method,
    url,
    headers,
    ...(body !== '' && { body }),
    ...(STATUS_LINE.test(after) && { response: responseIn(after) }),
  };
}

function responseIn(text: string): CapturedResponse {
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

/** A body up to its length, or to where a response begins. */
function cut(rest: string, headers: ReadonlyMap<string, string>): { body: string; after: string } {
  const length = Number(headers.get('content-length'));
  const response = /(?:^|\n)HTTP\/\d/.exec(rest);
  const end = length <= rest.length ? length : (response?.index ?? rest.length);
  return { body: rest.slice(0, end), after: rest.slice(end).trimStart() };
}

function headerLines(text: string): Capture | undefined {
  const headers = headerMap(text.split(/\r?\n/));
  return headers.size > 0 ? { headers } : undefined;
}

/** By lower-case name; of a header that stands more than once, the first. */
function headerMap(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([\w-]+):[ \t]*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !headers.has(name.toLowerCase()))
      headers.set(name.toLowerCase(), value);
  }
  return headers;
}

/** @returns whether a text is what `curl -v` prints: `> ` before what is sent, `< ` before what comes */
function isCurlTrace(text: string): boolean {
  return /^> [A-Z]+ \S+ HTTP\//m.test(text);
}

/** Of several exchanges (a proxy's CONNECT, a redirect), the last. The request's body is not in it. */
function readCurlTrace(text: string): Capture {
  const lines = text.split(/\r?\n/);
  const begin = lines.findLastIndex((line) => line.startsWith('> ') && REQUEST_LINE.test(line.slice(2)));
  const after = lines.slice(begin);
  const [, method = '', url = ''] = REQUEST_LINE.exec(after[0]?.slice(2) ?? '') ?? [];
  const sent = marked(after, '> ').slice(1);
  const came = marked(after, '< ');
  const status = STATUS_LINE.exec(came[0] ?? '')?.[1];
  const capture: Capture = { method, url, headers: headerMap(sent) };
  if (status === undefined) return capture;
  const body = after.filter((line) => !NOISE.test(line)).join('\n');
  return { ...capture, response: { status: Number(status), headers: headerMap(came.slice(1)), body } };
}

/** What curl says besides the response's body, which stands alone between these lines. */
const NOISE = /^(?:[*<>](?: |$)|[{}] \[\d+ bytes data\]|\s*$|\s*%|\s*Dload)/;

function marked(lines: readonly string[], mark: string): string[] {
  return lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length));
}
