/** The known parts of an exchange. Texts are Latin-1, one character per byte, so that no byte is lost. */
export interface Capture {
  method?: string;
  /** The URL as in the request line. */
  url?: string;
  /** The headers of the request, by lower-case name. */
  headers: ReadonlyMap<string, string>;
  /** The body of the request. */
  body?: string;
  response?: CapturedResponse;
}

export interface CapturedResponse {
  status?: number;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** Merges several captures of one exchange. An earlier capture takes precedence. */
export function mergeCaptures(captures: readonly Capture[]): Capture {
  const lastFirst = [...captures].reverse();
  const merged: Capture = Object.assign({}, ...lastFirst);
  return { ...merged, headers: new Map(lastFirst.flatMap(({ headers }) => [...headers])) };
}

/**
 * Reads what people have of a refused request: HTTP messages as sent (request, response or both), the output of `curl -v`,
 * header lines alone, or the JSON of the refusal.
 *
 * @returns undefined if it is none of these
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
 * Reads HTTP as sent, or saved with LF in place of CRLF: a request, a response, both, or header lines without a first line.
 *
 * @returns undefined if the text does not begin like any of these
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

/** Splits a message into its first line, its header lines and the text after the empty line. */
function headOf(text: string) {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text.trimEnd();
  const [first = '', ...lines] = head.split(/\r?\n/);
  return { first, headers: headerMap(lines), rest: end ? text.slice(end.index + end[0].length) : '' };
}

/** Cuts off a body at its length, or at the beginning of a response. */
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

/** Reads header lines by lower-case name. If a header is repeated, the first one counts. */
function headerMap(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([\w-]+):[ \t]*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !headers.has(name.toLowerCase()))
      headers.set(name.toLowerCase(), value);
  }
  return headers;
}

/** @returns whether a text is the output of `curl -v`, with `> ` before sent lines and `< ` before received lines */
function isCurlTrace(text: string): boolean {
  return /^> [A-Z]+ \S+ HTTP\//m.test(text);
}

/**
 * Reads the last of several exchanges (CONNECT of a proxy, a redirect). The output does not contain the body of the request.
 */
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

/** The lines of curl that are not part of the response's body. */
const NOISE = /^(?:[*<>](?: |$)|[{}] \[\d+ bytes data\]|\s*$|\s*%|\s*Dload)/;

function marked(lines: readonly string[], mark: string): string[] {
  return lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length));
}
