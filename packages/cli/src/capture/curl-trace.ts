import type { Capture } from './capture.js';
import { headerMap, REQUEST_LINE, STATUS_LINE } from './formats.js';

/** @returns whether a text is what `curl -v` prints: `> ` before what is sent, `< ` before what comes */
export function isCurlTrace(text: string): boolean {
  return /^> [A-Z]+ \S+ HTTP\//m.test(text);
}

/** Of several exchanges (a proxy's CONNECT, a redirect), the last. The request's body is not in it. */
export function readCurlTrace(text: string): Capture {
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
  return { ...capture, answer: { status: Number(status), headers: headerMap(came.slice(1)), body } };
}

/** What curl says besides the answer's body, which stands alone between these lines. */
const NOISE = /^(?:[*<>](?: |$)|[{}] \[\d+ bytes data\]|\s*$|\s*%|\s*Dload)/;

function marked(lines: readonly string[], mark: string): string[] {
  return lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length));
}
