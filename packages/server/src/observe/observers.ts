import type { ErrorCode } from '@coupon-media/apiv3';
import type { Course } from '../signed/trace.js';

/** What signed requests are, for the log, the metrics and the traces. */
export type RequestKind = 'upload' | 'certificates';

/** A signed request that came. */
export interface RequestBegin {
  readonly kind: RequestKind;
  readonly requestId: string;
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly url: string;
  /** Looks a header up by its lower-case name. */
  header(name: string): string | undefined;
}

/** How it ended. */
export interface RequestEnd {
  readonly kind: RequestKind;
  readonly requestId: string;
  readonly course: Course;
  /** When it began and ended: milliseconds of `performance.now()`. */
  readonly began: number;
  readonly ended: number;
  /** `SENDER_AWAY`: the connection ended before the body did, and there was nobody left to answer. */
  readonly code: 'SUCCESS' | ErrorCode | 'SENDER_AWAY';
  /** Of the answer, where there was one. */
  readonly status: number | undefined;
  /** Whether the answer was written out to its end. */
  readonly writtenWhole: boolean;
  /** mchid or brand_id, as far as identified. */
  readonly merchant: string | undefined;
  /** Bytes of the image that was stored. */
  readonly imageBytes: number;
}

/** Counts what goes by. */
export interface RequestMetrics {
  began(kind: RequestKind): void;
  ended(end: RequestEnd): void;
  /** An image was asked for. */
  imageRead(status: number): void;
  /** A connection was cut off: its peer was too slow. */
  cut(): void;
}

/** Follows requests on their way, across processes. */
export interface RequestTracing {
  begin(request: RequestBegin): RequestTrace;
}

export interface RequestTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** What is called in `act`, and in what it leads to, belongs to this request. */
  run<T>(act: () => T): T;
  end(end: RequestEnd): void;
}

/** Who is told how requests go. Each may be absent, and then costs nothing. */
export interface Observers {
  readonly metrics?: RequestMetrics | undefined;
  readonly tracing?: RequestTracing | undefined;
}
