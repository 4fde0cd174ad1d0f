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

/** What is told to make spans of it. */
export interface Spans extends Required<Pick<TraceListener, 'begin' | 'within' | 'stage' | 'end'>> {
  /** To be told of each call to an engine, within the request that it is made for. */
  engineCall(call: EngineCall): void;
}

/** OpenTelemetry's names for engines that are databases. */
const DATABASES: Readonly<Record<string, string>> = { postgres: 'postgresql', redis: 'redis' };

/**
 * A span for each signed request, one for each of its stages, and one for each call to an engine. Spans of stages and calls
 * are made when these have ended, and only where the request's is recorded.
 *
 * A caller's own span says whether ours is recorded, and overrides the sampler: it is heard only when it is proven who calls. Until
 * then such a request has no span, and calls to engines are not told of.
 *
 * @param trustsAnyone whether a proxy in front writes or removes `traceparent`, so that it is heard of anyone
 */
export function createSpans(tracer: Tracer, trustsAnyone = false): Spans {
  // Not the API's global context: several services in one process do not share their requests.
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

/** OpenTelemetry's names for HTTP. The path is one of the routes: a span is made for no other, so that its name is bounded. */
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

/** Milliseconds of `performance.now()` in, Unix milliseconds out. */
type Clock = (at: number) => number;

/** One for each request: its spans are of one clock, and yet follow the machine's, which is set right now and then. */
function createClock(): Clock {
  const offset = Date.now() - performance.now();
  return (at) => offset + at;
}

/** The request that something is done for. */
interface Current {
  readonly clock: Clock;
  /** None until it is known whether the caller's is to be heard. */
  span: Span | undefined;
  context: Context | undefined;
}
