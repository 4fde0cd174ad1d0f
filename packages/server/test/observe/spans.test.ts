import { Refusal } from '@coupon-media/apiv3';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSpans, type Spans } from '../../dist/observe/tracing/spans.js';
import { createTrace, type Trace } from '../../dist/signed/trace.js';
import { merchantKey } from '../upload/stages.js';

const HEAD = {
  method: 'POST',
  url: '/v3/upload?secret=1',
  scheme: 'merchant',
  header: () => undefined,
} as const;

function begin(spans: Spans, requestId = 'R1'): Trace {
  const trace = createTrace('upload', HEAD, requestId, spans);
  spans.begin(trace);
  return trace;
}

function end(spans: Spans, trace: Trace, refusal?: Refusal): void {
  const response = { status: refusal?.row.status ?? 200, headers: {}, body: '' };
  Object.assign(trace, { response, refusal, writtenWhole: true, merchant: '1900000001' });
  trace.ended = performance.now();
  spans.end(trace);
}

/** Spans of the SDK itself, kept in memory. */
function recorded(sampler?: Sampler, trustsAnyone = false) {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  const provider = new NodeTracerProvider({ spanProcessors, ...(sampler && { sampler }) });
  onTestFinished(() => provider.shutdown());
  return {
    spans: createSpans(provider.getTracer('test'), trustsAnyone),
    finished: () => exporter.getFinishedSpans(),
  };
}

test('calls to engines are children of the request that caused them', async () => {
  const { spans, finished } = recorded();
  async function request(name: string): Promise<string> {
    const trace = begin(spans, name);
    await spans.within(trace, async () => {
      // Two requests alternate here.
      await new Promise((resolve) => setImmediate(resolve));
      const began = performance.now();
      await new Promise((resolve) => setImmediate(resolve));
      const seconds = (performance.now() - began) / 1000;
      spans.engineCall({ engine: 'redis', operation: `reserve ${name}`, seconds, result: 'ok' });
    });
    end(spans, trace);
    return trace.w3cTraceId as string;
  }
  const [one, two] = await Promise.all([request('one'), request('two')]);
  expect(one).not.toBe(two);
  const all = finished();
  for (const [name, traceId] of [
    ['one', one],
    ['two', two],
  ]) {
    const parent = all.find(({ attributes }) => attributes['coupon_media.request_id'] === name);
    const call = all.find((span) => span.name === `redis reserve ${name}`);
    expect(call?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
    expect(call?.spanContext().traceId).toBe(traceId);
    expect(call).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: { 'db.system.name': 'redis', 'coupon_media.result': 'ok' },
      status: { code: SpanStatusCode.UNSET },
    });
  }
});

test('a failed call is an error, and a call outside of a request has no span', async () => {
  const { spans, finished } = recorded();
  spans.engineCall({ engine: 's3', operation: 'put image', seconds: 0.1, result: 'ok' });
  const trace = begin(spans);
  spans.within(trace, () =>
    spans.engineCall({ engine: 's3', operation: 'put image', seconds: 0.1, result: 'deadline' }),
  );
  end(spans, trace, new Refusal('systemError'));
  expect(finished().map(({ name, status }) => [name, status.code])).toEqual([
    ['s3 put image', SpanStatusCode.ERROR],
    ['POST /v3/upload', SpanStatusCode.ERROR],
  ]);
});

test('a refusal is not an error of the service, and its span names the stage', () => {
  const { spans, finished } = recorded();
  const trace = begin(spans);
  trace.begin('enter');
  trace.begin('identify');
  trace.refusedIn = 'identify';
  trace.begin('respond');
  end(spans, trace, new Refusal('signatureWrong'));
  const all = finished();
  expect(all.map(({ name }) => name)).toEqual(['enter', 'identify', 'respond', 'POST /v3/upload']);
  expect(all.at(-1)).toMatchObject({
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      'http.response.status_code': 401,
      'coupon_media.code': 'SIGN_ERROR',
      'coupon_media.refused_in': 'identify',
    },
  });
  expect(JSON.stringify(all.at(-1)?.attributes)).not.toContain('secret');
});

test('requests that are not sampled have no spans, but their log lines have a trace id', () => {
  const { spans, finished } = recorded(new AlwaysOffSampler());
  const trace = begin(spans);
  spans.within(trace, () =>
    spans.engineCall({ engine: 's3', operation: 'put image', seconds: 0.1, result: 'ok' }),
  );
  expect(trace.w3cTraceId).toMatch(/^[0-9a-f]{32}$/);
  end(spans, trace);
  expect(finished()).toEqual([]);
});

describe("a caller's traceparent (case A15)", () => {
  const caller = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const head = { ...HEAD, header: (name: string) => headers[name] };
  const headers: Record<string, string> = { traceparent: `00-${caller.traceId}-${caller.spanId}-01` };

  function traced(spans: Spans, isAuthenticated: boolean): void {
    const trace = createTrace('upload', head, 'R1', spans);
    spans.begin(trace);
    spans.within(trace, () => trace.begin('enter'));
    if (isAuthenticated) trace.responseSigner = { signer: merchantKey, scheme: 'merchant' };
    trace.begin(isAuthenticated ? 'admit' : 'respond');
    end(spans, trace, isAuthenticated ? undefined : new Refusal('signatureWrong'));
  }

  /** A sampler that records only what a caller has recorded. */
  const sampler = new ParentBasedSampler({ root: new AlwaysOffSampler() });

  test('is honoured once the caller is authenticated', () => {
    const { spans, finished } = recorded(sampler);
    traced(spans, true);
    expect(finished().at(-1)?.parentSpanContext?.spanId).toBe(caller.spanId);
    expect(finished().map(({ name }) => name)).toEqual(['enter', 'admit', 'POST /v3/upload']);
  });

  test('is ignored for other callers, so that the sampler decides', () => {
    const off = recorded(sampler);
    traced(off.spans, false);
    expect(off.finished()).toEqual([]);
    const on = recorded();
    traced(on.spans, false);
    expect(on.finished().at(-1)?.spanContext().traceId).not.toBe(caller.traceId);
    expect(on.finished().at(-1)?.parentSpanContext).toBeUndefined();
  });

  test('is honoured for every caller if a trusted proxy writes it', () => {
    const { spans, finished } = recorded(sampler, true);
    traced(spans, false);
    expect(finished().at(-1)?.spanContext().traceId).toBe(caller.traceId);
  });
});
