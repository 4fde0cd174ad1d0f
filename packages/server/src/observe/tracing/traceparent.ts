import { createTraceState, type SpanContext } from '@opentelemetry/api';

/**
 * Reads the W3C headers in which a caller names its own span. Malformed headers count as absent, as the recommendation
 * says.
 *
 * @returns the span of the caller, or undefined
 */
export function readTraceparent(
  traceparent: string | undefined,
  tracestate: string | undefined,
): SpanContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(traceparent ?? '') ?? [];
  // Later versions may have more fields after the flags. Version 00 may not, and ff is invalid.
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate && tracestate.length <= 512 && { traceState: createTraceState(tracestate) }),
  };
}
