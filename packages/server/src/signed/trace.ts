import type { ErrorCode, Refusal, SchemeName } from '@coupon-media/apiv3';
import type { UsedNonce } from '../limits/index.js';
import type { Response, ResponseSigner } from './response.js';

/** The way of an upload, in order. `respond` lasts until the response is written out. */
export const UPLOAD_STAGES = [
  'enter',
  'identify',
  'receive',
  'authenticate',
  'admit',
  'validate',
  'store',
  'publish',
  'respond',
] as const;

/** `handle`: what any other signed request is for. */
export type StageName = (typeof UPLOAD_STAGES)[number] | 'handle';

/** What is known of a signed request before its body: the request line and the headers. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly url: string;
  /** Whom the path is for. */
  readonly scheme: SchemeName;
  /** Looks a header up by its lower-case name. */
  header(name: string): string | undefined;
}

/**
 * What is known of one signed request. Its stages write it as they pass; log, metrics and spans read it. There is no other channel
 * between them.
 */
export interface Trace {
  /** `upload`, `certificates`, or the name of a route that was added. */
  readonly kind: string;
  /** The first half of `Request-ID`. */
  readonly requestId: string;
  readonly head: RequestHead;
  /** When the request came: milliseconds of `performance.now()`. */
  readonly began: number;
  /** Begins a stage, and so ends the one before. */
  begin(stage: StageName): void;
  /** Counts bytes of the body as they come. */
  receive(bytes: Buffer): void;
  /** In the order in which they began. One may come twice: receive does, for meta and for what is left. */
  readonly stages: readonly StageName[];
  /** When each of them began, by the same clock as `began`. */
  readonly times: readonly number[];
  /** Bytes of the body that came. */
  received: number;
  /** mchid or brand_id, from when it is identified. */
  merchant: string | undefined;
  /** Written by authenticate: whatever is responded from then on is signed. */
  responseSigner: ResponseSigner | undefined;
  /** From when it is this request's, until it is released. */
  nonce: UsedNonce | undefined;
  /** Whether the nonce is recorded so that it outlives the process. */
  nonceKept: boolean;
  /** The image, from when it is durable: its digest, and its bytes. */
  stored: { readonly sha256: string; readonly bytes: number } | undefined;
  /** What the request was refused with, and in which stage. */
  refusal: Refusal | undefined;
  refusedIn: StageName | undefined;
  /** As it is written. None where the sender went away before the body's end: nobody is left to respond to. */
  response: Response | undefined;
  /** Whether the response was written out to its end. */
  writtenWhole: boolean;
  /** When all was done; 0 until then. */
  ended: number;
  /** 32 hex digits of W3C's trace context, where the request is followed across processes. */
  w3cTraceId: string | undefined;
}

/** Observes signed requests. Each method may be absent, and then costs nothing. None may throw. */
export interface TraceListener {
  /** A request came; nothing of it was looked at yet. */
  begin?(trace: Trace): void;
  /** Runs all work on a request, so that an asynchronous context can mark what belongs to it. */
  within?<T>(trace: Trace, act: () => T): T;
  /** The stage that is the last of `trace.stages` begins. */
  stage?(trace: Trace): void;
  /** Bytes of the body came. They are not to be changed. */
  received?(trace: Trace, bytes: Buffer): void;
  /** The response was written out, or could not be; or the sender went away. */
  end?(trace: Trace): void;
}

/** @returns a trace on which nothing is written yet */
export function createTrace(
  kind: string,
  head: RequestHead,
  requestId: string,
  listener: TraceListener = {},
): Trace {
  return new WrittenTrace(kind, head, requestId, listener);
}

/** @returns how a request ended. `SENDER_AWAY`: the connection ended before the body did */
export function codeOf({ refusal, response }: Trace): 'SUCCESS' | ErrorCode | 'SENDER_AWAY' {
  if (refusal) return refusal.row.code;
  return response ? 'SUCCESS' : 'SENDER_AWAY';
}

/** Plain fields, no accessor: one costs as much as all readings of the clock. */
class WrittenTrace implements Trace {
  readonly began = performance.now();
  readonly stages: StageName[] = [];
  readonly times: number[] = [];
  received = 0;
  merchant: string | undefined = undefined;
  responseSigner: ResponseSigner | undefined = undefined;
  nonce: UsedNonce | undefined = undefined;
  nonceKept = false;
  stored: Trace['stored'] = undefined;
  refusal: Refusal | undefined = undefined;
  refusedIn: StageName | undefined = undefined;
  response: Response | undefined = undefined;
  writtenWhole = false;
  ended = 0;
  w3cTraceId: string | undefined = undefined;

  constructor(
    readonly kind: string,
    readonly head: RequestHead,
    readonly requestId: string,
    private readonly listener: TraceListener,
  ) {}

  begin(stage: StageName): void {
    this.stages.push(stage);
    this.times.push(performance.now());
    this.listener.stage?.(this);
  }

  receive(bytes: Buffer): void {
    this.received += bytes.length;
    this.listener.received?.(this, bytes);
  }
}
