import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CERTIFICATES_PATH, loadCertificate } from '@coupon-media/apiv3';
import { readConfig, startService } from '@coupon-media/server';
import { request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { PNG, type SignedUpload, send, sha256, signedUpload } from './support/exchange.js';
import { metricsText, readMetrics } from './support/metrics.js';
import { temporaryFolder } from './support/sandbox.js';
import { httpBytes, rawConnection, testService } from './support/service.js';

const METRICS = { metricsPort: 0 };

test('counts uploads by their outcome, and their stages and bytes', async () => {
  const { service, credentials, port, log } = await testService(METRICS);
  const good = await signedUpload(credentials);
  expect(await send(credentials, good)).toMatchObject({ status: 200 });
  expect(await send(credentials, good)).toMatchObject({ status: 401 });
  expect(await send(credentials, await signedUpload(credentials, { signed: 'else' }))).toMatchObject({
    status: 401,
  });
  const wrongDigest = await signedUpload(credentials, { sha256: 'f'.repeat(64) });
  expect(await send(credentials, wrongDigest)).toMatchObject({ status: 400 });
  const bytes = await goneAway(port, await signedUpload(credentials));
  await expect.poll(() => log.join(), { timeout: 10_000 }).toContain('the sender went away');

  const metrics = await readMetrics(service);
  const uploads = (code: string) => metrics.get(`coupon_media_uploads_total{code="${code}"}`);
  expect(uploads('SUCCESS')).toBe(1);
  expect(uploads('SIGN_ERROR')).toBe(2);
  expect(uploads('PARAM_ERROR')).toBe(1);
  expect(uploads('SENDER_AWAY')).toBe(1);
  expect(uploads('SYSTEM_ERROR')).toBe(0);
  expect(metrics.get('coupon_media_uploads_under_way')).toBe(0);
  expect(metrics.get('coupon_media_in_flight_bytes')).toBe(0);
  expect(metrics.get('coupon_media_stored_image_bytes_total')).toBe(PNG.length);
  // A body that was paused for its signature may drain unread if the signature is wrong.
  const received = metrics.get('coupon_media_received_bytes_total') ?? 0;
  expect(received).toBeGreaterThanOrEqual(good.body.length + wrongDigest.body.length);
  expect(received).toBeLessThanOrEqual(
    3 * good.body.length + wrongDigest.body.length + bytes + good.body.length,
  );
  const stage = (name: string) =>
    metrics.get(`coupon_media_upload_stage_duration_seconds_count{stage="${name}"}`);
  expect(['enter', 'identify', 'receive', 'authenticate'].map(stage)).toEqual([5, 5, 5, 5]);
  // A replay reaches `admit`, where its nonce is known; a wrong signature does not. A sender that disconnected gets no
  // response.
  expect(['admit', 'validate', 'store', 'publish', 'respond'].map(stage)).toEqual([4, 2, 1, 1, 4]);
  const durations = (result: string) =>
    metrics.get(`coupon_media_upload_duration_seconds_count{result="${result}"}`);
  expect(['stored', 'refused', 'failed'].map(durations)).toEqual([1, 3, 1]);
  expect(metrics.get('coupon_media_nonces_held')).toBeGreaterThanOrEqual(2);
  expect(metrics.get('coupon_media_commit_last_group')).toBeGreaterThanOrEqual(1);
});

test('counts the other requests of a service', async () => {
  const { service, credentials, port } = await testService(METRICS);
  const base = `http://127.0.0.1:${port}`;
  await send(credentials, await signedUpload(credentials));
  const image = `${base}/images/${sha256(PNG)}.png`;
  const etag = `"${sha256(PNG)}"`;
  for (const headers of [{}, {}, { range: 'bytes=0-1' }, { 'if-none-match': etag }, { range: 'bytes=9999-' }])
    await (await request(image, { headers })).body.dump();
  await (await request(`${base}/images/${'0'.repeat(64)}.png`)).body.dump();
  await (await request(`${base}${CERTIFICATES_PATH}`)).body.dump();
  await (await request(`${base}/nothing`)).body.dump();

  const metrics = await readMetrics(service);
  const reads = (status: string) => metrics.get(`coupon_media_image_reads_total{status="${status}"}`);
  expect(['200', '206', '304', '416', '404', '500', 'other'].map(reads)).toEqual([2, 1, 1, 1, 1, 0, 0]);
  // Its headers are missing.
  expect(metrics.get('coupon_media_certificate_requests_total{code="INVALID_REQUEST"}')).toBe(1);
  expect(metrics.get('coupon_media_uploads_total{code="SUCCESS"}')).toBe(1);
  expect(metrics.get('coupon_media_connections_open')).toBeGreaterThanOrEqual(1);
});

test('reports keys, limits, readiness and the build', async () => {
  const { service, credentials } = await testService({ ...METRICS, maxConnections: 77, maxInFlightMib: 3 });
  const metrics = await readMetrics(service);
  const { notAfter } = loadCertificate(readFileSync(credentials.platformCertificatePath, 'utf8'));
  expect(metrics.get('coupon_media_platform_certificate_expiry_timestamp_seconds')).toBe(notAfter);
  expect(metrics.get('coupon_media_merchant_certificate_expiry_timestamp_seconds')).toBeGreaterThan(
    Date.now() / 1000,
  );
  expect(metrics.get('coupon_media_merchants_without_certificate')).toBe(0);
  // The sandbox's identity has a second merchant, in certificate mode.
  expect(metrics.get('coupon_media_merchants')).toBe(2);
  expect(metrics.get('coupon_media_platform_keys')).toBe(2);
  expect(metrics.get('coupon_media_connections_limit')).toBe(77);
  expect(metrics.get('coupon_media_in_flight_limit_bytes')).toBe(3 * 1024 * 1024);
  expect(metrics.get('coupon_media_ready')).toBe(1);
  expect(metrics.get('coupon_media_stopping')).toBe(0);
  expect(
    metrics.get(`coupon_media_build_info{version="0.1.0",node="${process.version}",engines="embedded"}`),
  ).toBe(1);
  // There is no pool and no breaker. Their metrics have descriptions but no samples.
  expect([...metrics.keys()].filter((name) => /pool|breaker/.test(name))).toEqual([]);
});

test('two services in one process are counted separately', async () => {
  const one = await testService(METRICS);
  const two = await testService(METRICS);
  await send(one.credentials, await signedUpload(one.credentials));
  const success = 'coupon_media_uploads_total{code="SUCCESS"}';
  expect((await readMetrics(one.service)).get(success)).toBe(1);
  expect((await readMetrics(two.service)).get(success)).toBe(0);
});

test('the metrics have their own port, which closes with the service', async () => {
  const { service, port } = await testService(METRICS);
  const own = `http://127.0.0.1:${service.metricsAddress?.port}`;
  expect((await request(`http://127.0.0.1:${port}/metrics`)).statusCode).toBe(404);
  expect((await request(`${own}/metrics`)).headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect((await request(`${own}/healthz`)).statusCode).toBe(200);
  expect((await request(`${own}/`)).statusCode).toBe(404);
  expect((await request(`${own}/metrics`, { method: 'POST' })).statusCode).toBe(405);
  await service.stop();
  await expect(request(`${own}/metrics`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('without a configured port there are no metrics', async () => {
  const { service } = await testService();
  expect(service.metricsAddress).toBeUndefined();
});

test('a port for metrics that is in use is an error, and the folder is released', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const data = await temporaryFolder();
  onTestFinished(async () => {
    taken.close();
    await rm(data, { recursive: true });
  });
  const { port } = taken.address() as AddressInfo;
  const start = (metricsPort: number) =>
    startService(readConfig({ data, port: 0, metricsPort, logLevel: 'silent' }, {}));
  await expect(start(port)).rejects.toMatchObject({
    name: 'StartError',
    code: 'PORT_TAKEN',
    message: `port ${port} on 127.0.0.1 is in use; stop the program that uses it, or choose another COUPON_MEDIA_METRICS_PORT`,
  });
  await (await start(0)).stop();
});

test('names of metrics are stable between scrapes, and simultaneous scrapers get everything', async () => {
  const { service } = await testService(METRICS);
  const port = service.metricsAddress?.port;
  const texts = await Promise.all([metricsText(port), metricsText(port), metricsText(port)]);
  const names = (text: string) => text.match(/^# TYPE \S+/gm);
  expect(names(texts[1] ?? '')).toEqual(names(texts[0] ?? ''));
  expect(names(texts[2] ?? '')).toEqual(names(texts[0] ?? ''));
});

test('every log line of an upload has its request id, and a refusal has its stage', async () => {
  const { credentials, port, log } = await testService();
  const stored = await send(credentials, await signedUpload(credentials));
  const refused = await send(credentials, await signedUpload(credentials, { sha256: 'f'.repeat(64) }));
  await goneAway(port, await signedUpload(credentials));
  await expect.poll(() => log.join(), { timeout: 10_000 }).toContain('the sender went away');

  const lines = log.map((line) => JSON.parse(line)).filter(({ msg }) => /^upload/.test(msg));
  expect(lines).toHaveLength(3);
  const idOf = ({ headers }: typeof stored) => String(headers['request-id']).split('-')[0];
  expect(lines[0]).toMatchObject({
    requestId: idOf(stored),
    status: 200,
    image: sha256(PNG),
    bytes: PNG.length,
  });
  expect(lines[1]).toMatchObject({
    requestId: idOf(refused),
    merchant: credentials.mchid,
    status: 400,
    refusal: 'digestWrong',
    stage: 'validate',
  });
  expect(lines[2].requestId).toMatch(/^[0-9A-F]{32}$/);
  expect(lines[2].received).toBeGreaterThan(0);
});

test('the start logs one line with the settings in force', async () => {
  const { log, folder, port } = await testService({ quotaPerSecond: 7 });
  const [started, ...more] = log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'started');
  expect(more).toEqual([]);
  expect(started).toMatchObject({
    address: { host: '127.0.0.1', port },
    engines: `the folder ${folder}`,
    settings: { quotaPerSecond: 7, maxInFlightMib: 256, tracing: false },
  });
});

/**
 * Sends most of an upload and disconnects.
 *
 * @returns bytes of the body that were sent
 */
async function goneAway(port: number, upload: SignedUpload): Promise<number> {
  const { head, body } = httpBytes(upload);
  const { socket } = await rawConnection(port);
  const most = body.subarray(0, body.length - 20);
  socket.write(Buffer.concat([Buffer.from(head), most]), () => socket.destroy());
  return most.length;
}
