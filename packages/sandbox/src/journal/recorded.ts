import type { Text } from '@coupon-media/apiv3';
import type { Trace } from '@coupon-media/server';
import type { ClockDescription } from '../run/clock.js';

/** What is written down of a request while it is handled. Everything else is worked out when somebody looks at it. */
export interface Recorded {
  /** 1 for the first request of the sandbox. */
  readonly number: number;
  /** Unix milliseconds, by the clock of the sandbox. */
  readonly at: number;
  /** The number of the request that it repeats; undefined if it came from outside. */
  readonly replayOf: number | undefined;
  /** How the clock of the sandbox ran at that time; undefined: as that of the machine. */
  readonly clock: ClockDescription | undefined;
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  /** Name, value, name, value: as they came. */
  readonly rawHeaders: readonly string[];
  /** Undefined if the request had no route. */
  readonly trace: Trace | undefined;
  /** The status of the response to a request without a trace: one without a route, or of the plain door. */
  status: number | undefined;
  /** What became of an upload of the plain door, once it has ended; undefined of any other request. */
  plain?: PlainUpload | undefined;
  readonly body: RecordedBody;
}

/** An upload by the plain door: images in, URLs out. Its body is not kept, since the door reads it by itself. */
export interface PlainUpload {
  /** The public id of the token, or `page`; undefined if it was refused before. */
  readonly caller: string | undefined;
  /** The code of the problem; undefined if there is none. */
  readonly problem: string | undefined;
  /** What is wrong and what to do. */
  readonly detail: Text | undefined;
  readonly filename: string | undefined;
  readonly sha256: string | undefined;
  readonly requestId: string | undefined;
  readonly milliseconds: number;
  /** Whether the response was written to its end. */
  readonly writtenWhole: boolean;
}

/** Bytes of a body. They are copied, because a view would keep the whole buffer that it was read into. */
export interface RecordedBody {
  pieces: Buffer[];
  /** Bytes that are kept. */
  kept: number;
  /** Whether bytes were dropped because the journal was full. */
  isCut: boolean;
}

/** Bytes of a body that stay when the journal is full: they hold the meta part, unless the file came first. */
const HEAD = 16 * 1024;

export function keep(body: RecordedBody, bytes: Buffer): number {
  body.pieces.push(Buffer.from(bytes));
  body.kept += bytes.length;
  return bytes.length;
}

/** @returns the bytes that were dropped */
export function cut(body: RecordedBody): number {
  if (body.kept <= HEAD) return 0;
  const before = body.kept;
  body.pieces = [Buffer.concat(body.pieces).subarray(0, HEAD)].map((view) => Buffer.from(view));
  body.kept = HEAD;
  body.isCut = true;
  return before - HEAD;
}

export function emptyBody(): RecordedBody {
  return { pieces: [], kept: 0, isCut: false };
}

/** Names and values, as they came. */
export function headersOf({ rawHeaders }: Pick<Recorded, 'rawHeaders'>): (readonly [string, string])[] {
  return rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : []));
}
