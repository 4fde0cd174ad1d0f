/**
 * Removes the framing of `Transfer-Encoding: chunked` from a body as it was on the wire. Some captures have it and some do not,
 * whatever the header says, so the body itself decides: it has the framing if all of it is framing and chunks.
 *
 * @param body Latin-1 text
 */
export function withoutChunkFraming(body: string): string {
  const chunks: string[] = [];
  for (let at = 0; ; ) {
    SIZE.lastIndex = at;
    const [line, size = ''] = SIZE.exec(body) ?? [];
    if (line === undefined) return body;
    const start = at + line.length;
    const end = start + Number.parseInt(size, 16);
    // After the last chunk, trailers may follow.
    if (end === start) return TRAILERS.test(body.slice(start)) ? chunks.join('') : body;
    if (body.slice(end, end + 2) !== '\r\n') return body;
    chunks.push(body.slice(start, end));
    at = end + 2;
  }
}

const SIZE = /([0-9a-f]{1,8})(?:[ \t]*;[^\r\n]*)?\r\n/iy;
const TRAILERS = /^(?:[\w-]+:[^\r\n]*\r\n)*(?:\r\n)?$/;
