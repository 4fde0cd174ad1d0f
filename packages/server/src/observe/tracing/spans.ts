import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { EngineCall } from '../../engines/index.js';
import { codeOf, type Trace, type TraceListener } from '../../signed/trace.js';
import { readTraceparent } from './traceparent.js';

/** Creates spans from what it receives. */
export interface Spans extends Required<Pick<TraceListener, 'within' | 'stage' | 'end'>> {
  begin(trace: Trace): void;
  /** Receives each call to an engine, in the context of the request that caused it. */
  engineCall(call: EngineCall): void;
}

/** OpenTelemetry's names for the engines that are databases. */
const DATABASES: Readonly<Record<string, string>> = { postgres: 'postgresql', redis: 'redis' };

/**
 * Creates a span for each signed request, for each of its stages, and for each call to an engine. The spans of stages
 * and calls are created when these have ended, and only if the request's span is recorded.
 *
 * The span of a caller overrides the sampler: it decides whether our span is recorded. Therefore it is honoured only
 * once the caller is authenticated. Until then such a request has no span, and its calls to engines create none.
 *
 * @param trustsAnyone whether a proxy in front sets or removes `traceparent`, so that every caller's is honoured
 */
export function createSpans(tracer: Tracer, trustsAnyone = false): Spans {
  // The global context of the API is not used, so that several services in one process do not share requests.
  const current = new AsyncLocalStorage<Current>();
  const underWay = new WeakMap<Trace, Current>();

  function begin(request: Trace): void {
    const { header } = request.head;
    const of: Current = { clock: createClock(), span: undefined, context: undefined };
    underWay.set(request, of);
    if (trustsAnyone || header('traceparent') === undefined) open(request, of, true);
  }

  function stage(request: Trace): void {
    if (!request.responseSigner) return;
    const of = underWay.get(request);
    if (of && !of.span) open(request, of, true);
  }

  function open(request: Trace, of: Current, isCallerHeard: boolean): Span {
    const { method, url, header } = request.head;
    const { clock } = of;
    const [path = ''] = url.split('?');
    const caller = isCallerHeard && readTraceparent(header('traceparent'), header('tracestate'));
    const parent = caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT;
    const span = tracer.startSpan(
      `${method} ${path}`,
      {
        kind: SpanKind.SERVER,
        startTime: clock(request.began),
        attributes: attributesOf(request, path),
      },
      parent,
    );
    request.w3cTraceId = span.spanContext().traceId;
    of.span = span;
    of.context = trace.setSpan(parent, span);
    return span;
  }

  function within<T>(request: Trace, act: () => T): T {
    const of = underWay.get(request);
    return of && of.span?.isRecording() !== false ? current.run(of, act) : act();
  }

  function end(request: Trace): void {
    const of = underWay.get(request);
    if (!of) return;
    const span = of.span ?? open(request, of, false);
    const { clock } = of;
    if (span.isRecording()) {
      span.setAttributes(attributesOfEnd(request));
      const { response } = request;
      if (!response || response.status >= 500)
        span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(request) });
      stageSpans(request, clock, of.context);
    }
    span.end(clock(request.ended));
  }

  function stageSpans({ stages, times, ended }: Trace, clock: Clock, context: Context | undefined): void {
    for (const [at, stage] of stages.entries()) {
      const startTime = clock(times[at] ?? ended);
      tracer.startSpan(stage, { startTime }, context).end(clock(times[at + 1] ?? ended));
    }
  }

  function engineCall({ engine, operation, seconds, result }: EngineCall): void {
    const { context, clock } = current.getStore() ?? {};
    if (!context || !clock) return;
    const ended = performance.now();
    const span = tracer.startSpan(
      `${engine} ${operation}`,
      {
        kind: SpanKind.CLIENT,
        startTime: clock(ended - seconds * 1000),
        attributes: {
          'coupon_media.engine': engine,
          'coupon_media.result': result,
          ...(DATABASES[engine] && {
            'db.system.name': DATABASES[engine],
            'db.operation.name': operation,
          }),
        },
      },
      context,
    );
    if (result !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: result });
    span.end(clock(ended));
  }

  return { begin, within, stage, end, engineCall };
}

/** Uses OpenTelemetry's names for HTTP. Spans exist only for known routes, so the number of span names is bounded. */
function attributesOf({ requestId, head: { method, header } }: Trace, path: string): Attributes {
  return {
    'http.request.method': method,
    'http.route': path,
    'url.path': path,
    'url.scheme': 'http',
    'user_agent.original': header('user-agent')?.slice(0, 256),
    'coupon_media.request_id': requestId,
  };
}

function attributesOfEnd(request: Trace): Attributes {
  const { response, received, merchant, refusedIn, stored, writtenWhole } = request;
  const code = codeOf(request);
  return {
    'http.response.status_code': response?.status,
    'http.request.body.size': received,
    'coupon_media.code': code,
    'coupon_media.merchant': merchant,
    'coupon_media.refused_in': refusedIn,
    'coupon_media.image.bytes': stored?.bytes,
    'coupon_media.response.written_whole': writtenWhole,
    ...(response && response.status >= 500 && { 'error.type': code }),
  };
}

/** Converts milliseconds of `performance.now()` to Unix milliseconds. */
type Clock = (at: number) => number;

/**
 * Each request has its own clock. Its spans are consistent with each other, and later requests follow corrections of
 * the machine's clock.
 */
function createClock(): Clock {
  const offset = Date.now() - performance.now();
  return (at) => offset + at;
}

/** The request that is being worked on. */
interface Current {
  readonly clock: Clock;
  /** Undefined until it is known whether the caller's span is honoured. */
  span: Span | undefined;
  context: Context | undefined;
}
