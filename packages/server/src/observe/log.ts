import { canonicalKeyId, redactedId } from '@coupon-media/apiv3';
import type { Trace, TraceListener } from '../signed/trace.js';
import { throttleLog } from './throttled-log.js';

/** Writes a line: a message, or fields and a message. */
export interface WriteLine {
  (message: string): void;
  (fields: object, message?: string): void;
}

/**
 * What a service needs of its log. pino's Logger has it, and so may an object of three functions. It is written out, since pino's own
 * types need `esModuleInterop` of everybody who imports them.
 */
export interface ServiceLog {
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
}

/**
 * Lines per second about requests whose sender is not proven. A merchant that gets something wrong stays far below, so that each of
 * its requests can be found by its Request-ID; somebody who sends thousands does not fill the disk.
 */
const UNPROVEN_LINES = 50;

/**
 * Logs one line for each signed request when it has ended. Every value comes from the service or has passed a check. No
 * key, signature or image byte is logged. Beyond 50 requests of unproven senders in one second, there is one line per second and
 * refusal, with the number of those left out.
 */
export function logRequests(log: ServiceLog): TraceListener {
  const throttled = throttleLog(log);
  let second = 0;
  let unproven = 0;

  /** Whether an unproven sender is one too many in this second. */
  function isTooMany({ responseSigner, ended }: Trace): boolean {
    if (responseSigner) return false;
    const now = Math.floor(ended / 1000);
    unproven = now === second ? unproven + 1 : 1;
    second = now;
    return unproven > UNPROVEN_LINES;
  }

  return {
    end(trace) {
      const { kind, response, refusal } = trace;
      if (isTooMany(trace) && (refusal?.row.status ?? 0) < 500)
        throttled.info(
          refusal?.refusal ?? 'away',
          lineOf(trace),
          response ? kind : `${kind}: the sender went away`,
        );
      else if (!response) log.info(lineOf(trace), `${kind}: the sender went away`);
      // The refusal decides, since `respond` may have changed the status.
      else if ((refusal?.row.status ?? response.status) >= 500)
        log.error({ ...lineOf(trace), engine: engineOf(refusal?.cause), err: refusal?.cause }, kind);
      else log.info(lineOf(trace), kind);
    },
  };
}

function lineOf(trace: Trace): object {
  const { requestId, merchant, response, refusal, refusedIn, received, writtenWhole, began, ended, stored } =
    trace;
  return {
    requestId,
    merchant,
    claimed: merchant === undefined ? claimOf(trace) : undefined,
    status: response?.status,
    refusal: refusal?.refusal,
    stage: refusedIn,
    received,
    writtenWhole: response && writtenWhole,
    millis: Math.round(ended - began),
    image: stored?.sha256,
    bytes: stored?.bytes,
    trace_id: trace.w3cTraceId,
  };
}

/** Whom an unidentified sender says that it is. A text without the form of an id may be a key, so it is not logged. */
function claimOf({ claimed }: Trace): object | undefined {
  return (
    claimed && { id: redactedId(claimed.id).en, serialNo: redactedId(canonicalKeyId(claimed.serialNo)).en }
  );
}

/** Finds the engine that failed, if an error or one of its causes names it. */
function engineOf(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('engine' in at) return at.engine;
  }
  return undefined;
}
