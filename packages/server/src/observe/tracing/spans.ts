import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { EngineCall } from '../../engines/index.js';
import type { RequestBegin, RequestEnd, RequestTrace, RequestTracing } from '../observers.js';
import { readTraceparent } from './traceparent.js';

/** What is told to make spans of it. */
export interface Spans extends RequestTracing {
  /** To be told of each call to an engine, within the request that it is made for. */
  engineCall(call: EngineCall): void;
}

/** OpenTelemetry's names for engines that are databases. */
const DATABASES: Readonly<Record<string, string>> = { postgres: 'postgresql', redis: 'redis' };

/**
 * A span for each signed request, one for each of its stages, and one for each call to an engine. Spans of stages and calls
 * are made when these have ended, and only where the request's is recorded.
 */
export function createSpans(tracer: Tracer): Spans {
  // Not the API's global context: several services in one process do not share their requests.
  const current = new AsyncLocalStorage<Current>();

  function begin(request: RequestBegin): RequestTrace {
    const [path = ''] = request.url.split('?');
    const caller = readTraceparent(request.header('traceparent'), request.header('tracestate'));
    const parent = caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT;
    const clock = createClock();
    const span = tracer.startSpan(
      `${request.method} ${path}`,
      {
        kind: SpanKind.SERVER,
        startTime: clock(performance.now()),
        attributes: attributesOf(request, path),
      },
      parent,
    );
    const context = trace.setSpan(parent, span);
    return {
      traceId: span.spanContext().traceId,
      run: (act) => (span.isRecording() ? current.run({ context, clock }, act) : act()),
      end(end) {
        if (span.isRecording()) {
          span.setAttributes(attributesOfEnd(end));
          if (end.status === undefined || end.status >= 500)
            span.setStatus({ code: SpanStatusCode.ERROR, message: end.code });
          stageSpans(end, { context, clock });
        }
        span.end(clock(end.ended));
      },
    };
  }

  function stageSpans({ course, ended }: RequestEnd, { context, clock }: Current): void {
    for (const [at, stage] of course.stages.entries()) {
      const startTime = clock(course.times[at] ?? ended);
      tracer.startSpan(stage, { startTime }, context).end(clock(course.times[at + 1] ?? ended));
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

  return { begin, engineCall };
}

/** OpenTelemetry's names for HTTP. The path is one of the routes: a span is made for no other, so that its name is bounded. */
function attributesOf({ requestId, method, header }: RequestBegin, path: string): Attributes {
  return {
    'http.request.method': method,
    'http.route': path,
    'url.path': path,
    'url.scheme': 'http',
    'user_agent.original': header('user-agent')?.slice(0, 256),
    'coupon_media.request_id': requestId,
  };
}

function attributesOfEnd({
  status,
  code,
  merchant,
  course,
  imageBytes,
  writtenWhole,
}: RequestEnd): Attributes {
  return {
    'http.response.status_code': status,
    'http.request.body.size': course.received,
    'coupon_media.code': code,
    'coupon_media.merchant': merchant,
    'coupon_media.refused_in': course.refusedIn,
    'coupon_media.image.bytes': imageBytes || undefined,
    'coupon_media.answer.written_whole': writtenWhole,
    ...(status !== undefined && status >= 500 && { 'error.type': code }),
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
  readonly context: Context;
  readonly clock: Clock;
}
