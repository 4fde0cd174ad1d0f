import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { send, signedUpload } from './support/exchange.js';
import { testService } from './support/service.js';

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const TRACEPARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`;

/** A span in OTLP/JSON. */
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: { code: number };
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number; boolValue?: boolean };
}

interface Export {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Span[] }[] }[];
}

test("an upload is a child of its caller's span and has a span for each stage", async () => {
  const collector = await startCollector();
  trace(collector.endpoint, { OTEL_SERVICE_NAME: 'coupons-1', OTEL_RESOURCE_ATTRIBUTES: 'zone=a' });
  const { service, credentials, log } = await tracedService();
  const upload = await signedUpload(credentials, { headers: { traceparent: TRACEPARENT } });
  const answer = await send(credentials, upload);
  expect(answer.status).toBe(200);
  await service.stop();

  const [span, ...stages] = collector.spans().sort(byStart);
  expect(span).toMatchObject({
    traceId: CALLER.traceId,
    parentSpanId: CALLER.spanId,
    name: `POST ${new URL(upload.url).pathname}`,
    kind: 2,
  });
  expect(values(span)).toMatchObject({
    'http.request.method': 'POST',
    'http.route': new URL(upload.url).pathname,
    'http.response.status_code': 200,
    'coupon_media.request_id': String(answer.headers['request-id']).split('-')[0],
    'coupon_media.merchant': credentials.mchid,
    'coupon_media.code': 'SUCCESS',
  });
  expect(stages.map(({ name }) => name)).toEqual([
    'enter',
    'identify',
    'receive',
    'authenticate',
    'admit',
    'receive',
    'validate',
    'store',
    'publish',
    'respond',
  ]);
  for (const stage of stages)
    expect(stage).toMatchObject({ traceId: CALLER.traceId, parentSpanId: span?.spanId });
  expect(stages.every((stage) => within(stage, span))).toBe(true);
  const [resource] = collector.exports()[0]?.resourceSpans ?? [];
  expect(values(resource?.resource)).toMatchObject({
    'service.name': 'coupons-1',
    'service.version': '0.1.0',
    zone: 'a',
  });
  const line = log.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'upload');
  expect(line).toMatchObject({ trace_id: CALLER.traceId });
  // It contains neither a signature nor a key.
  const sent = JSON.stringify(collector.exports());
  expect(sent).not.toContain('WECHATPAY2-SHA256-RSA2048');
  expect(sent).not.toContain(/signature="([^"]+)"/.exec(upload.headers.Authorization ?? '')?.[1]);
});

test("without a caller's span an upload begins its own trace, and a refusal is not an error of the service", async () => {
  const collector = await startCollector();
  trace(collector.endpoint);
  const { service, credentials, log } = await tracedService();
  expect(await send(credentials, await signedUpload(credentials, { signed: 'else' }))).toMatchObject({
    status: 401,
  });
  await service.stop();

  const [span] = collector.spans().sort(byStart);
  expect(span?.parentSpanId ?? '').toBe('');
  expect(span?.status.code ?? 0).toBe(0);
  expect(values(span)).toMatchObject({
    'coupon_media.code': 'SIGN_ERROR',
    'coupon_media.refused_in': 'authenticate',
  });
  const line = log.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'upload');
  expect(line.trace_id).toBe(span?.traceId);
  const [resource] = collector.exports()[0]?.resourceSpans ?? [];
  expect(values(resource?.resource)).toMatchObject({ 'service.name': 'coupon-media' });
});

test('the environment chooses the sampler', async () => {
  const collector = await startCollector();
  trace(collector.endpoint, { OTEL_TRACES_SAMPLER: 'always_off' });
  const { service, credentials } = await tracedService();
  expect(await send(credentials, await signedUpload(credentials))).toMatchObject({ status: 200 });
  await service.stop();
  expect(collector.exports()).toEqual([]);
});

test('a caller that did not sample is respected', async () => {
  const collector = await startCollector();
  trace(collector.endpoint);
  const { service, credentials } = await tracedService();
  const headers = { traceparent: TRACEPARENT.replace(/01$/, '00') };
  expect(await send(credentials, await signedUpload(credentials, { headers }))).toMatchObject({
    status: 200,
  });
  await service.stop();
  expect(collector.exports()).toEqual([]);
});

test('a collector that refuses does not affect uploads or delay the end; the log reports it', async () => {
  const collector = await startCollector(400);
  trace(collector.endpoint);
  const { service, credentials, log } = await tracedService();
  expect(await send(credentials, await signedUpload(credentials))).toMatchObject({
    status: 200,
    fault: undefined,
  });
  await service.stop();
  expect(log.join()).toContain('traces do not reach their collector');
});

test('a collector that never responds delays the end only briefly', { timeout: 20_000 }, async () => {
  const collector = await startCollector('never');
  trace(collector.endpoint);
  const { service, credentials } = await tracedService();
  expect(await send(credentials, await signedUpload(credentials))).toMatchObject({ status: 200 });
  await service.stop();
  expect(collector.exports()).toHaveLength(1);
});

function tracedService() {
  return testService({ tracing: true });
}

/** The SDK of OpenTelemetry reads the environment itself, so the environment is restored at the end of the test. */
function trace(endpoint: string, more: Record<string, string> = {}): void {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...more };
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
  });
}

/** Receives OTLP over HTTP as JSON. It ends with the test. */
async function startCollector(answer: 200 | 400 | 'never' = 200) {
  const received: Export[] = [];
  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    expect(request.url).toBe('/v1/traces');
    received.push(JSON.parse(text));
    if (answer !== 'never') response.writeHead(answer, { 'Content-Type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports: () => received,
    spans: () =>
      received.flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

/** Spans in the order of their beginning. Of those that began together, the longest comes first. */
function byStart(a: Span, b: Span): number {
  const start = BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano);
  const end = BigInt(b.endTimeUnixNano) - BigInt(a.endTimeUnixNano);
  return Number(start) || Number(end);
}

function within(inner: Span, outer: Span | undefined): boolean {
  if (!outer) return false;
  return (
    BigInt(inner.startTimeUnixNano) >= BigInt(outer.startTimeUnixNano) &&
    BigInt(inner.endTimeUnixNano) <= BigInt(outer.endTimeUnixNano)
  );
}

function values(of: { attributes: Attribute[] } | undefined): Record<string, unknown> {
  return Object.fromEntries(
    (of?.attributes ?? []).map(({ key, value }) => [
      key,
      value.stringValue ?? value.intValue ?? value.boolValue,
    ]),
  );
}
