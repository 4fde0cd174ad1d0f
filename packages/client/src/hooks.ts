import type { AttemptInfo, ClientError } from './errors.js';

/** The fields of every event: the call and the attempt. It never holds a key, a signature, a header, a query or a body. */
export interface CallEvent extends AttemptInfo {
  /** The same for all attempts of one call; unique in this process. */
  call: number;
  method: string;
  /** Without its query, which may name people. */
  path: string;
}

export interface AttemptResult {
  /** The status of the response, not yet verified; undefined if none came. */
  status: number | undefined;
  requestId: string | undefined;
  /** The `code` of the error, if no response came. */
  error: ClientError['code'] | undefined;
}

export interface AttemptEndEvent extends CallEvent, AttemptResult {
  milliseconds: number;
}

export interface RetryEvent extends CallEvent, AttemptResult {
  /** Milliseconds until the next attempt. */
  delay: number;
}

export interface HostEvent {
  host: string;
  /** State of the circuit breaker. `open`: the host is not used for a while; `closed`: it is used again. */
  state: 'open' | 'closed';
}

export interface CertificatesEvent {
  /** Serials of the platform certificates that are now known. */
  serialNos: readonly string[];
  /** The error, if they could not be fetched. The certificates known before stay in use. */
  error: unknown;
}

/**
 * Functions that the client calls for logs, metrics and traces. An error that a hook throws becomes a process warning and
 * changes nothing.
 *
 * @example One OpenTelemetry span for each attempt:
 * ```ts
 * import type { Hooks } from '@coupon-media/client';
 *
 * interface Span { setAttribute(name: string, value: string | number): unknown; end(): void }
 * // trace.getTracer('coupon-media') of @opentelemetry/api
 * declare const tracer: { startSpan(name: string): Span };
 *
 * const spans = new Map<number, Span>();
 * export const hooks: Hooks = {
 *   onAttempt({ call, method, path, host, attempt }) {
 *     const span = tracer.startSpan(`${method} ${path}`);
 *     span.setAttribute('server.address', host);
 *     span.setAttribute('http.request.resend_count', attempt - 1);
 *     spans.set(call, span);
 *   },
 *   onAttemptEnd({ call, status, error }) {
 *     const span = spans.get(call);
 *     if (status !== undefined) span?.setAttribute('http.response.status_code', status);
 *     if (error !== undefined) span?.setAttribute('error.type', error);
 *     span?.end();
 *     spans.delete(call);
 *   },
 * };
 * ```
 */
export interface Hooks {
  /** An attempt begins. */
  onAttempt?: ((event: CallEvent) => void) | undefined;
  /** An attempt has ended, with or without success. */
  onAttemptEnd?: ((event: AttemptEndEvent) => void) | undefined;
  /** Another attempt will be made. */
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /** A host is no longer used, or it is used again. */
  onHostChange?: ((event: HostEvent) => void) | undefined;
  /** Platform certificates were fetched, or could not be. */
  onCertificates?: ((event: CertificatesEvent) => void) | undefined;
}

/** Calls a hook if there is one. */
export function callHook<Event>(hook: ((event: Event) => void) | undefined, event: Event): void {
  try {
    hook?.(event);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
