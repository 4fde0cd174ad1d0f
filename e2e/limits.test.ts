import { setTimeout as sleep } from 'node:timers/promises';
import { refusals } from '@coupon-media/apiv3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Exchange, form, PNG, png, send, sha256, signedUpload } from './support/exchange.js';
import { readMetrics } from './support/metrics.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';
import {
  httpBytes,
  type RawConnection,
  rawConnection,
  type TestService,
  testService,
} from './support/service.js';

// Takes 32 s: a service each, and deadlines that are waited for.
vi.setConfig({ testTimeout: 120_000 });

const LARGE = png(1, 1, Buffer.alloc(2_000_000));

test('200 connections that send a byte a second do not keep an honest upload from being answered', async () => {
  const service = await testService();
  const slow = await Promise.all(Array.from({ length: 200 }, () => slowSender(service)));
  expect(await upload(service)).toMatchObject({ status: 200, fault: undefined });
  expect(await upload(service, LARGE)).toMatchObject({ status: 200, fault: undefined });
  // And it was while they were all there.
  expect(slow.filter(({ socket }) => socket.readyState === 'open')).toHaveLength(200);
});

test('a body that comes at a byte a second is cut off', async () => {
  const service = await testService({ minRateWindowSeconds: 1 });
  const { closed } = await slowSender(service);
  expect(await closed).toMatch(/HTTP\/1\.1 408 [\s\S]*Request-ID: [0-9A-F]{32}-0/);
  expect(service.log.join()).toContain('too slow: cut off');
  expect(await upload(service)).toMatchObject({ status: 200 });
});

test('headers that never end are cut off, and so is who says nothing', async () => {
  const service = await testService();
  const [headers, silent] = await Promise.all([rawConnection(service.port), rawConnection(service.port)]);
  headers.socket.write('POST / HTTP/1.1\r\nHost: x\r\n');
  dribble(headers, 'X-More: and more\r\n');
  expect(await headers.closed).toMatch(/^HTTP\/1\.1 408 /);
  expect(await silent.closed).toMatch(/^HTTP\/1\.1 408 /);
});

test('who does not take the answer is cut off', async () => {
  const service = await testService({ minRateWindowSeconds: 1 });
  const { image_url } = JSON.parse((await upload(service, LARGE)).text);
  const { socket } = await rawConnection(service.port);
  socket.pause();
  // More than the buffers of both kernels hold.
  const get = `GET ${new URL(image_url).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`;
  socket.write(get.repeat(30));
  await expect.poll(() => service.log.join(), { timeout: 20_000 }).toContain('too slow: cut off');
});

test('with too many bytes in flight an upload waits; then it is refused, unsigned, before who sends it is known', async () => {
  const service = await testService({ maxInFlightMib: 1, minRateWindowSeconds: 60 });
  const holder = await partOf(service, 1_500_000);
  const request = await signedUpload(service.credentials, { authorization: 'nobody' });
  const answer = await send(service.credentials, request);
  expect(answer).toMatchObject({ status: refusals.serviceBusy.status, fault: 'unsigned' });
  expect(JSON.parse(answer.text)).toEqual({
    code: 'RATELIMIT_EXCEEDED',
    message: refusals.serviceBusy.message['zh-CN'],
  });
  expect(answer.headers['retry-after']).toBe('1');
  // One that waits is let in as soon as there is room.
  const waiting = upload(service);
  holder.socket.destroy();
  expect(await waiting).toMatchObject({ status: 200 });
});

test('who waits for room is not taken for slow', async () => {
  const service = await testService({ maxInFlightMib: 1, minRateWindowSeconds: 1 });
  const holder = await partOf(service, 1_500_000);
  dribble(holder, Buffer.alloc(4096));
  expect(await upload(service)).toMatchObject({ status: 429 });
});

test('who only declares much keeps nobody out', async () => {
  const service = await testService({ maxInFlightMib: 8 });
  await Promise.all(Array.from({ length: 20 }, () => partOf(service, 1000)));
  expect(await upload(service, LARGE)).toMatchObject({ status: 200 });
});

test('connections are bounded, idle ones make room, and probes are answered when all others are in use', async () => {
  const service = await testService({ maxConnections: 8, minRateWindowSeconds: 60 });
  const idle = await Promise.all(Array.from({ length: 8 }, () => rawConnection(service.port)));
  for (const { socket } of idle) socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect
    .poll(() => idle.filter(({ received }) => received().includes('"ok"')).length)
    .toBeGreaterThan(5);
  const busy = await Promise.all(Array.from({ length: 8 }, () => partOf(service, 1000)));
  const over = await rawConnection(service.port);
  over.socket.write('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await over.closed).toBe('');
  for (const path of ['/healthz', '/readyz']) {
    expect(await fetch(`http://127.0.0.1:${service.port}${path}`)).toMatchObject({ status: 200 });
  }
  expect(busy.filter(({ socket }) => socket.readyState === 'open')).toHaveLength(8);
  busy[0]?.socket.destroy();
  await expect.poll(async () => (await upload(service).catch(() => undefined))?.status).toBe(200);
});

test('requests that are refused already, and drip, keep nobody out and run out (case A3)', async () => {
  const service = await testService({ maxConnections: 8 });
  const paths = [
    '/v3/unknown',
    '/v3/certificates',
    '/v3/marketing/partner/product-coupon/media/upload-image',
  ];
  const refused = await Promise.all(Array.from({ length: 8 }, () => rawConnection(service.port)));
  for (const [at, connection] of refused.entries()) {
    connection.socket.write(`POST ${paths[at % 3]} HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n`);
    dribble(connection, 'x'.repeat(1100));
  }
  expect(await upload(service)).toMatchObject({ status: 200 });
  expect(await fetch(`http://127.0.0.1:${service.port}/healthz`)).toMatchObject({ status: 200 });
  const answers = await Promise.all(refused.map(({ closed }) => closed));
  // Those that had to make room heard nothing; the others were answered though they had not done.
  expect(answers.filter((answer) => /^HTTP\/1\.1 40[0145] /.test(answer)).length).toBeGreaterThanOrEqual(4);
  expect(service.log.join('')).toContain('"which":"refused"');
});

test('claims alone keep no honest upload out (case A2)', async () => {
  const service = await testService({ maxConnections: 50, maxInFlightMib: 8 });
  const { head } = httpBytes(await signedUpload(service.credentials, { file: LARGE, signed: 'else' }));
  const answers: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const claims = await Promise.all(Array.from({ length: 30 }, () => rawConnection(service.port)));
    for (const { socket } of claims) socket.write(head);
    answers.push((await upload(service, LARGE)).status);
  }
  expect(answers).toEqual(answers.map(() => 200));
});

test('bodies that nobody has signed for make room for honest uploads', async () => {
  const service = await testService({ maxInFlightMib: 8 });
  const request = await signedUpload(service.credentials, { signed: 'else' });
  const file = Buffer.concat([form([['file', LARGE]]).subarray(0, -30), Buffer.alloc(100)]);
  const { head } = httpBytes({ ...request, body: Buffer.alloc(2_100_000) });
  const held = await Promise.all(Array.from({ length: 8 }, () => rawConnection(service.port)));
  for (const { socket } of held) socket.write(Buffer.concat([Buffer.from(head), file]));
  await expect.poll(() => service.log.join('')).toContain('an upload of an unauthenticated sender made room');
  expect(await upload(service, LARGE)).toMatchObject({ status: 200 });
});

test('connections that never get to a request do not keep others out', async () => {
  const service = await testService({ maxConnections: 8 });
  const many = await Promise.all(Array.from({ length: 30 }, () => rawConnection(service.port)));
  for (const { socket } of many) socket.write('POST / HTTP/1.1\r\nHost: x\r\n');
  expect(await upload(service)).toMatchObject({ status: 200 });
});

test('of those of whom nothing is proven one of the address that holds most makes room, and not who came first', async ({
  skip,
}) => {
  if (process.platform !== 'linux') skip('only Linux has 127.0.0.2 without being told');
  const service = await testService({ maxConnections: 8, metricsPort: 0 });
  // Its file comes before meta: for as long as that takes nobody can tell it from an attacker.
  const file = png(1, 1, Buffer.alloc(200_000));
  const meta = JSON.stringify({ filename: 'picture.png', sha256: sha256(file) });
  const request = await signedUpload(service.credentials, { file, meta });
  const body = form([
    ['file', file],
    ['meta', meta],
  ]);
  const { head } = httpBytes({ ...request, body });
  const slow = await rawConnection(service.port);
  slow.socket.write(head);
  slow.socket.write(body.subarray(0, 100_000));
  for (let more = 0; more < 30; more += 1) await rawConnection(service.port, '127.0.0.2');
  await expect.poll(() => service.log.join('')).toContain('"remoteAddress":"127.0.0.2","which":"unproven"');
  const most = 'coupon_media_connections_one_address';
  expect((await readMetrics(service.service)).get(most)).toBeGreaterThan(4);
  slow.socket.end(body.subarray(100_000));
  expect(await slow.closed).toMatch(/^HTTP\/1\.1 200 /);
  expect(service.log.join('')).not.toContain('"remoteAddress":"127.0.0.1","which"');
});

test('a proven sender whose request is refused gets its response although others need its place', async ({
  skip,
}) => {
  if (process.platform !== 'linux') skip('only Linux has 127.0.0.2 without being told');
  const service = await testService({ maxConnections: 8 });
  const request = await signedUpload(service.credentials, { file: LARGE });
  expect(await send(service.credentials, request)).toMatchObject({ status: 200 });
  const { head, body } = httpBytes(request);
  const replay = await rawConnection(service.port);
  replay.socket.write(head);
  // The nonce is used, which is known as soon as meta has come.
  replay.socket.write(body.subarray(0, 1_000_000));
  await sleep(200);
  for (let more = 0; more < 30; more += 1) await rawConnection(service.port, '127.0.0.2');
  await expect.poll(() => service.log.join('')).toContain('"remoteAddress":"127.0.0.2","which":"unproven"');
  replay.socket.end(body.subarray(1_000_000));
  expect(await replay.closed).toMatch(/^HTTP\/1\.1 401 /);
  expect(service.log.join('')).not.toContain('"remoteAddress":"127.0.0.1","which"');
});

describe('what is no request', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await testSandbox();
  });
  afterAll(() => sandbox.end());

  test.each([
    ['one header of 20 KiB', `Host: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    ['a thousand headers', `Host: x\r\n${'X: 0123456789abcdef\r\n'.repeat(1000)}\r\n`, '431'],
    ['two lengths', 'Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', '400'],
    [
      'a length and chunks',
      'Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['no HTTP', '\0\x01\x02\r\n\r\n', '400'],
    ['no Host', 'Connection: close\r\n\r\n', '400'],
  ])('%s: refused, empty, with a Request-ID, and the connection is closed', async (_, headers, status) => {
    const { socket, closed } = await rawConnection(Number(new URL(sandbox.credentials.baseUrl).port));
    socket.write(`POST / HTTP/1.1\r\n${headers}`);
    expect(await closed).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*Request-ID: [0-9A-F]{32}-0\r\n[\\s\\S]*\r\n\r\n$`),
    );
  });
});

async function upload(service: TestService, file = PNG): Promise<Exchange> {
  return send(service.credentials, await signedUpload(service.credentials, { file }));
}

/** Sends an upload's headers at once, waits until they are read, and then sends its body a byte a second. */
async function slowSender(service: TestService): Promise<RawConnection> {
  const shape = { file: LARGE, headers: { Expect: '100-continue' } };
  const { head, body } = httpBytes(await signedUpload(service.credentials, shape));
  const connection = await rawConnection(service.port);
  connection.socket.write(head);
  while (!connection.received().includes('100 Continue')) await sleep(5);
  let at = 0;
  dribble(connection, () => body.subarray(at, ++at));
  return connection;
}

/** Sends the first bytes of an upload, and waits until they are read. */
async function partOf(service: TestService, bytes: number): Promise<RawConnection> {
  const { head, body } = httpBytes(await signedUpload(service.credentials, { file: LARGE }));
  const connection = await rawConnection(service.port);
  connection.socket.write(head);
  connection.socket.write(body.subarray(0, bytes));
  while (connection.socket.bytesWritten < head.length + bytes) await sleep(10);
  // Longer than an upload counts for what it declares.
  await sleep(1100);
  return connection;
}

function dribble({ socket }: RawConnection, more: string | Buffer | (() => Buffer)): void {
  const write = () => socket.write(typeof more === 'function' ? more() : more);
  write();
  const timer = setInterval(write, 1000);
  onTestFinished(() => clearInterval(timer));
}
