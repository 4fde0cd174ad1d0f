/** An answer as it came. */
export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

/** Reads the answers of one connection as their bytes come. */
export interface AnswerReader {
  /** Those that are whole, in order; interim ones (`100 Continue`) are passed over. */
  readonly answers: readonly Answer[];
  push(bytes: Buffer): void;
  /** What came behind the last whole answer. */
  rest(): Buffer;
}

/** @param isHead whether the request with this number was a HEAD, whose answer has no body */
export function createAnswerReader(isHead: (index: number) => boolean): AnswerReader {
  const answers: Answer[] = [];
  let pieces: Buffer[] = [];
  let length = 0;
  /** Bytes with which there may be something new to be read: an image is not put together at each of its pieces. */
  let needed = 0;

  function readOne(): boolean {
    const bytes = Buffer.concat(pieces);
    pieces = [bytes];
    const head = headOf(bytes);
    if (!head) {
      needed = length + 1;
      return false;
    }
    const { status, headers, bodyStart } = head;
    const hasNone = status < 200 || status === 304 || isHead(answers.length);
    const end = bodyStart + (hasNone ? 0 : Number(headers.get('content-length') ?? 0));
    if (length < end) {
      needed = end;
      return false;
    }
    if (status >= 200) answers.push({ status, headers, body: bytes.subarray(bodyStart, end) });
    pieces = [bytes.subarray(end)];
    length -= end;
    needed = 0;
    return length > 0;
  }

  return {
    answers,
    push(bytes) {
      pieces.push(bytes);
      length += bytes.length;
      while (length >= needed && readOne());
    },
    rest: () => Buffer.concat(pieces),
  };
}

/** @returns what begins otherwise than an answer does, as it may be told; an answer that is not whole is none of it */
export function garbageIn(rest: Buffer): string {
  const text = rest.toString('latin1', 0, 200);
  return STATUS_LINE.test(text) || 'HTTP/1.1 '.startsWith(text.slice(0, 9)) ? '' : text;
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) /;

function headOf(bytes: Buffer): (Omit<Answer, 'body'> & { bodyStart: number }) | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.toString('latin1', 0, Math.max(end, 0)).split('\r\n');
  const status = STATUS_LINE.exec(first)?.[1];
  if (status === undefined) return undefined;
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  return { status: Number(status), headers, bodyStart: end + 4 };
}
