import type { Logger } from 'pino';
import type { Trace, TraceListener } from '../signed/trace.js';

/**
 * One line for each signed request, when it ended. All in it comes from the service or was bounded by a check; no key, signature
 * or byte of an image is in it.
 */
export function logRequests(log: Logger): TraceListener {
  return {
    end(trace) {
      const { kind, response, refusal } = trace;
      if (!response) log.info(lineOf(trace), `${kind}: the sender went away`);
      // By what happened: `respond` may have put another status on it.
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

/** Which engine failed, where an error or what it was caused by names one. */
function engineOf(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('engine' in at) return at.engine;
  }
  return undefined;
}
