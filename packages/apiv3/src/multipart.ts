import { boundaryOfLine, readBoundary, readPartName } from './form-headers.js';

/** Receives the parts of a form while their bytes arrive. */
export interface MultipartEvents {
  /** A part begins. Its name is undefined if its Content-Disposition gives none. */
  partBegin(name: string | undefined): void;
  /** Bytes of the current part, as a view of the chunk that was written; they are not copied. */
  partData(bytes: Buffer): void;
  partEnd(): void;
}

/** The reason why a body is not a valid form. */
export type MultipartFault =
  | 'not multipart/form-data'
  | 'the boundary is missing or illegal'
  | 'a Content-Disposition is repeated or malformed'
  | 'the headers of a part are too long'
  | 'too many parts'
  | 'the last boundary is missing';

/**
 * Reads `multipart/form-data` in one pass and in bounded memory: it buffers part headers and no bytes of a part's body.
 */
export interface MultipartReader {
  write(chunk: Buffer): void;
  /**
   * Ends the form. Call it when the body has ended.
   *
   * @returns what was wrong with the form; undefined if it was valid
   */
  end(): MultipartFault | undefined;
}

/** Bounds of the reader, in bytes unless stated otherwise. Forms that real clients send stay far below them. */
const MAX_PART_HEADERS = 8 * 1024;
const MAX_PARTS = 32;
/** Bytes within which an undeclared boundary must appear. They are searched line by line, and each line costs time. */
const MAX_PREAMBLE = 32 * 1024;
/**
 * Bytes that are searched for the end of a part's headers at a time. Decoding bytes of the body after them is wasted
 * work.
 */
const HEADERS_STRIDE = 256;
/** Bytes of white space that may follow a boundary on its line. */
const MAX_PADDING = 64;

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;
const CRLF = '\r\n';
/** The line feed that ends the last header of a part, and the empty line. */
const END_OF_HEADERS = '\r\n\r\n';

/**
 * Creates a reader of the forms that real clients send (contract 4.3). It identifies parts by name alone and keeps the
 * raw bytes of meta. Libraries instead sort parts into fields and files by filename or type, which is why this reader
 * is our own.
 *
 * @param contentType the request's header, as sent
 * @example
 * ```ts
 * import { createMultipartReader } from '@coupon-media/apiv3';
 *
 * const names: (string | undefined)[] = [];
 * const on = { partBegin: (name?: string) => void names.push(name), partData() {}, partEnd() {} };
 * const reader = createMultipartReader('multipart/form-data; boundary=b', on);
 * reader.write(Buffer.from('--b\r\nContent-Disposition: form-data; name=meta\r\n\r\n{}\r\n--b--'));
 * console.log(reader.end(), names); // undefined [ 'meta' ]
 * ```
 */
export function createMultipartReader(contentType: string | undefined, on: MultipartEvents): MultipartReader {
  const declared = readBoundary(contentType);
  let fault: MultipartFault | undefined;
  let state: (chunk: Buffer, at: number) => number;
  let delimiter: Buffer = Buffer.alloc(0);
  /** Length of the delimiter's prefix that the previous chunk ended with. Those bytes need not be kept. */
  let matched = 0;
  /**
   * Text collected across chunks: a line that may declare the boundary, the bytes after a delimiter, or part headers.
   */
  let text = '';
  /** Bytes of the lines that have been searched for the boundary. */
  let sniffed = 0;
  /** The end of `text`, which may contain the beginning of the headers' end. */
  let tail = '';
  let parts = 0;
  let inPart = false;

  if (declared === 'no form') fail('not multipart/form-data');
  else if (declared === 'illegal') fail('the boundary is missing or illegal');
  else if (declared === 'absent') state = sniff;
  else lookFor(declared.boundary);

  function fail(reason: MultipartFault): number {
    fault = reason;
    state = ignore;
    return Number.POSITIVE_INFINITY;
  }

  function lookFor(boundary: string): void {
    delimiter = Buffer.from(`${CRLF}--${boundary}`, 'latin1');
    // The first boundary needs no line feed before it.
    matched = CRLF.length;
    state = scan;
  }

  function data(bytes: Buffer): void {
    if (inPart && bytes.length > 0) on.partData(bytes);
  }

  /** Takes the boundary from the first line that begins with `--` if no parameter declares it (contract 4.5). */
  function sniff(chunk: Buffer, at: number): number {
    const feed = chunk.indexOf(LF, at);
    const stop = feed < 0 ? chunk.length : feed + 1;
    sniffed += stop - at;
    if (text.length + stop - at > MAX_PART_HEADERS || sniffed > MAX_PREAMBLE)
      return fail('the boundary is missing or illegal');
    text += chunk.toString('latin1', at, stop);
    if (feed < 0) return stop;
    const line = text;
    text = '';
    if (!line.startsWith('--')) return stop;
    const found = boundaryOfLine(line);
    if (found === undefined) return fail('the boundary is missing or illegal');
    lookFor(found);
    matched = 0;
    beginHeaders();
    return stop;
  }

  /**
   * Reads the preamble or the body of a part up to the next delimiter. Byte sequences that only begin like a delimiter
   * are skipped here, so that a body full of them is passed on in one piece and not in 350,000.
   */
  function scan(chunk: Buffer, at: number): number {
    if (matched > 0) return goOnMatching(chunk, at);
    let found = chunk.indexOf(delimiter, at);
    while (found >= 0 && isNoDelimiter(chunk, found + delimiter.length)) {
      found = chunk.indexOf(delimiter, found + delimiter.length);
    }
    if (found >= 0) {
      data(chunk.subarray(at, found));
      state = afterDelimiter;
      return found + delimiter.length;
    }
    matched = delimiterBegun(chunk, at);
    data(chunk.subarray(at, chunk.length - matched));
    return chunk.length;
  }

  function goOnMatching(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && matched < delimiter.length && chunk[at] === delimiter[matched]) {
      at += 1;
      matched += 1;
    }
    if (matched === delimiter.length) {
      matched = 0;
      state = afterDelimiter;
    } else if (at < chunk.length) {
      data(delimiter.subarray(0, matched));
      matched = 0;
    }
    return at;
  }

  /**
   * Returns how many bytes at the end of a chunk may begin a delimiter. A delimiter contains one CR, its first byte.
   */
  function delimiterBegun(chunk: Buffer, at: number): number {
    const start = chunk.lastIndexOf(CR);
    const length = chunk.length - start;
    if (start < at || length >= delimiter.length) return 0;
    return chunk.compare(delimiter, 0, length, start) === 0 ? length : 0;
  }

  /**
   * Whether the following bytes already show that this is not a delimiter. `afterDelimiter` decides whether it is one.
   */
  function isNoDelimiter(chunk: Buffer, from: number): boolean {
    if (chunk[from] === DASH) return from + 1 < chunk.length && chunk[from + 1] !== DASH;
    let at = from;
    while (at - from <= MAX_PADDING && (chunk[at] === SPACE || chunk[at] === TAB)) at += 1;
    if (at === chunk.length) return false;
    if (chunk[at] !== CR || at - from >= MAX_PADDING) return true;
    return at + 1 < chunk.length && chunk[at + 1] !== LF;
  }

  /**
   * Reads the bytes after a delimiter: `--` closes the form, the end of the line begins a part, and anything else means
   * that it was not a delimiter.
   */
  function afterDelimiter(chunk: Buffer, at: number): number {
    const next = text + chunk.toString('latin1', at, at + 1);
    if (next === '--') {
      endPart();
      state = ignore;
    } else if (/^[ \t]*\r\n$/.test(next)) {
      endPart();
      beginHeaders();
    } else if (/^(?:-|[ \t]*\r?)$/.test(next) && next.length <= MAX_PADDING) {
      text = next;
    } else {
      data(delimiter);
      data(Buffer.from(text, 'latin1'));
      text = '';
      state = scan;
      return at;
    }
    return at + 1;
  }

  function endPart(): void {
    text = '';
    if (inPart) on.partEnd();
    inPart = false;
  }

  /** The delimiter's own line feed counts as the first, so that a part without headers also has its empty line. */
  function beginHeaders(): void {
    text = CRLF;
    tail = CRLF;
    state = headers;
  }

  /** Reads the headers of a part up to the empty line, as Latin-1, so that one character is one byte. */
  function headers(chunk: Buffer, at: number): number {
    const piece = chunk.toString('latin1', at, at + HEADERS_STRIDE);
    // The search does not cover all of `text`. If the form arrived byte by byte, that would take quadratic time.
    const end = (tail + piece).indexOf(END_OF_HEADERS);
    const taken = end < 0 ? piece.length : end + END_OF_HEADERS.length - tail.length;
    tail = (tail + piece).slice(1 - END_OF_HEADERS.length);
    text += piece.slice(0, taken);
    if (text.length > MAX_PART_HEADERS) return fail('the headers of a part are too long');
    if (end >= 0) beginPart(text.slice(CRLF.length, -END_OF_HEADERS.length));
    return at + taken;
  }

  function beginPart(partHeaders: string): void {
    const name = readPartName(partHeaders);
    if (name === false) return void fail('a Content-Disposition is repeated or malformed');
    parts += 1;
    if (parts > MAX_PARTS) return void fail('too many parts');
    text = '';
    inPart = true;
    state = scan;
    on.partBegin(name);
  }

  /** Ignores the epilogue, and everything after a fault. */
  function ignore(chunk: Buffer): number {
    return chunk.length;
  }

  return {
    write(chunk) {
      let at = 0;
      while (at < chunk.length) at = state(chunk, at);
    },
    end() {
      if (fault === undefined && state !== ignore) fail('the last boundary is missing');
      return fault;
    },
  };
}
