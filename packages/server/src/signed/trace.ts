import type { IncomingMessage } from 'node:http';
import { type ErrorCode, isErrorCode, type Refusal, type SchemeName } from '@coupon-media/apiv3';
import type { UsedNonce } from '../limits/index.js';
import type { Response, ResponseSigner } from './response.js';

/** The stages of an upload, in order. `respond` lasts until the response has been written. */
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

/** `handle` is the stage of any other signed request. */
export type StageName = (typeof UPLOAD_STAGES)[number] | 'handle';

/** The request line and the headers of a signed request, which are known before its body. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly url: string;
  /** The kind of merchant that the path is for. */
  readonly scheme: SchemeName;
  /** Returns the value of a header by its lower-case name. */
  header(name: string): string | undefined;
}

/**
 * Everything that is known about one signed request. The stages write it; the log, the metrics and the spans read it.
 * There is no other channel between them.
 */
export interface Trace {
  /** `upload`, `certificates`, or the name of an added route. */
  readonly kind: string;
  /** The first half of `Request-ID`. */
  readonly requestId: string;
  readonly head: RequestHead;
  /** The time at which the request arrived, in milliseconds of `performance.now()`. */
  readonly began: number;
  /** Begins a stage and so ends the previous one. */
  begin(stage: StageName): void;
  /** Counts bytes of the body as they arrive. */
  receive(bytes: Buffer): void;
  /** The stages in the order in which they began. `receive` appears twice if meta came before the file. */
  readonly stages: readonly StageName[];
  /** The time at which each stage began, by the same clock as `began`. */
  readonly times: readonly number[];
  /** Bytes of the body that have arrived. */
  received: number;
  /** The mchid or brand_id; undefined until the sender is identified. */
  merchant: string | undefined;
  /**
   * The mchid or brand_id and the serial that the Authorization header names, if it is well-formed. Nothing proves them:
   * they help to find out whose requests are refused.
   */
  claimed: { readonly id: string; readonly serialNo: string } | undefined;
  /** Set by `authenticate`; every response after that is signed. */
  responseSigner: ResponseSigner | undefined;
  /** Set while this request holds the nonce. */
  nonce: UsedNonce | undefined;
  /** Whether the nonce is recorded, so that it survives a restart of the process. */
  nonceKept: boolean;
  /** The filename in meta, the digest and the length of the image; undefined until the image is durable. */
  stored: { readonly filename: string; readonly sha256: string; readonly bytes: number } | undefined;
  /** The refusal, and the stage that threw it. */
  refusal: Refusal | undefined;
  refusedIn: StageName | undefined;
  /** The response as it is written; undefined if the sender disconnected before the body's end. */
  response: Response | undefined;
  /** Whether the response was written to its end. */
  writtenWhole: boolean;
  /** The time at which everything was done, by the same clock as `began`; 0 until then. */
  ended: number;
  /** 32 hex digits of the W3C trace context; undefined if the request is not traced across processes. */
  w3cTraceId: string | undefined;
}

/** Observes signed requests. An absent method costs nothing. No method may throw. */
export interface TraceListener {
  /** A request has arrived, and none of it has been examined. Only its head may be read. */
  begin?(trace: Trace, request: IncomingMessage): void;
  /** Runs all work on a request, so that an asynchronous context can mark what belongs to it. */
  within?<T>(trace: Trace, act: () => T): T;
  /** The last stage of `trace.stages` begins. */
  stage?(trace: Trace): void;
  /** Bytes of the body have arrived. The listener must not change them. */
  received?(trace: Trace, bytes: Buffer): void;
  /** The response was written, or could not be written, or the sender disconnected. */
  end?(trace: Trace): void;
}

/** @returns a new, empty trace */
export function createTrace(
  kind: string,
  head: RequestHead,
  requestId: string,
  listener: TraceListener = {},
): Trace {
  return new WrittenTrace(kind, head, requestId, listener);
}

/**
 * @returns how a request ended, one of a few values; a code of another service counts as the service's own of its kind. `SENDER_AWAY`:
 *   the connection ended before the body did
 */
export function codeOf({ refusal, response }: Trace): 'SUCCESS' | ErrorCode | 'SENDER_AWAY' {
  if (refusal) {
    const { code, status } = refusal.row;
    if (isErrorCode(code)) return code;
    return status >= 500 ? 'SYSTEM_ERROR' : 'INVALID_REQUEST';
  }
  return response ? 'SUCCESS' : 'SENDER_AWAY';
}

/** The class has plain fields and no accessors: one accessor costs as much as all readings of the clock. */
class WrittenTrace implements Trace {
  readonly began = performance.now();
  readonly stages: StageName[] = [];
  readonly times: number[] = [];
  received = 0;
  merchant: string | undefined = undefined;
  claimed: Trace['claimed'] = undefined;
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
