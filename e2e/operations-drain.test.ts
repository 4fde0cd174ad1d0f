import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, readCredentials, startSandbox } from '@coupon-media/sandbox';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { png, type SignedUpload, signedUpload } from './support/exchange.js';
import { readMetrics } from './support/metrics.js';
import { type Running, startCouponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';
import { httpBytes, rawConnection, testService } from './support/service.js';

/** Seconds from SIGTERM to the end of listening. The clients' actions take a fraction of it. */
const DELAY = 6;

let folder: string;
let credentials: Credentials;
let running: Running | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  const sandbox = await startSandbox({ folder, port: 0 });
  await sandbox.stop();
  credentials = await readCredentials(sandbox.credentialsPath);
});

afterEach(async () => {
  delete process.env.COUPON_MEDIA_DRAIN_DELAY_SECONDS;
  if (running?.child.exitCode === null && running.child.signalCode === null) await running.stop('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

test('SIGTERM under load: readiness ends first, every request gets its response, none is cut off, exit code 0', async () => {
  const port = await serve(DELAY);
  let unready = false;
  const workers = Array.from({ length: 6 }, (_, worker) => load(port, worker, () => unready));
  await expect
    .poll(() => workers.every(({ answers }) => answers.length >= 3), { timeout: 20_000 })
    .toBe(true);
  // One upload is half sent when the service begins to stop, and ends after it has stopped listening.
  const slow = await halfSent(port);

  expect(await statusOf(port, '/readyz')).toBe(200);
  const ended = (running as Running).stop('SIGTERM');
  await expect.poll(() => statusOf(port, '/readyz'), { timeout: 10_000 }).toBe(503);
  // The service still listens and responds, and the balancer that sees the response sends its last requests.
  expect(await statusOf(port, '/healthz')).toBe(200);
  unready = true;
  for (const { done } of workers) await done;

  await expect.poll(() => isListening(port), { timeout: 20_000 }).toBe(false);
  slow.finish();
  expect(await slow.closed).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*Connection: close\r\n/i);
  expect((await ended).code).toBe(0);

  for (const { answers } of workers) {
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // Connections are kept alive before the signal, and every later response closes its connection.
    expect(answers[0]?.connection).toBe('keep-alive');
    expect(answers.slice(-LAST).map(({ connection }) => connection)).toEqual(Array(LAST).fill('close'));
  }
});

test('a second signal ends it at once, whichever came first', async () => {
  await serve(3600);
  const { child } = running as Running;
  child.kill('SIGTERM');
  await (running as Running).prints('stopping');
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await ended).toEqual([null, 'SIGINT']);
});

test('unused connections do not delay the end', async () => {
  const { service, port } = await testService();
  const unused = await rawConnection(port);
  const idle = await rawConnection(port);
  idle.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(() => idle.received()).toContain('"ok"');
  // The ten seconds for requests in progress need not pass.
  expect(await Promise.race([service.stop(), sleep(9_000, 'held up')])).toBeUndefined();
  expect(await unused.closed).toBe('');
  await idle.closed;
});

test('responses after the signal close their connections, for uploads and health alike', async () => {
  const { service, port, credentials } = await testService({ drainDelaySeconds: 1, metricsPort: 0 });
  const connection = await rawConnection(port);
  const { head, body } = httpBytes(await signedUpload(credentials));
  connection.socket.write(head);
  connection.socket.write(body.subarray(0, 10));
  const underWay = async () => (await readMetrics(service)).get('coupon_media_uploads_under_way');
  await expect.poll(underWay, { timeout: 10_000 }).toBe(1);
  const stopped = service.stop();
  const health = await rawConnection(port);
  health.socket.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await health.closed).toMatch(
    /^HTTP\/1\.1 503 (?:.*\r\n)*Connection: close\r\n(?:.*\r\n)*\r\n.*stopping/i,
  );
  connection.socket.write(body.subarray(10));
  expect(await connection.closed).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*Connection: close\r\n/i);
  await stopped;
});

async function serve(delay: number): Promise<number> {
  process.env.COUPON_MEDIA_DRAIN_DELAY_SECONDS = String(delay);
  running = startCouponMedia('serve', '--data', folder, '--port', '0', '--quota', '0');
  // This line is written last. From then on signals are handled.
  await running.prints('coupon-media serves');
  const output = await running.prints('"started"');
  const started = output.split('\n').find((line) => line.includes('"started"'));
  const { address } = JSON.parse(started ?? '{}');
  credentials = { ...credentials, baseUrl: `http://127.0.0.1:${address.port}` };
  return address.port;
}

/** Requests that a worker still makes after the balancer knows. */
const LAST = 3;

interface Answered {
  status: number | undefined;
  connection: string | undefined;
}

/** Uploads one after the other on a kept connection, and on a new one after a response that closes it. */
function load(port: number, worker: number, isUnready: () => boolean) {
  const answers: Answered[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  async function work(): Promise<void> {
    for (let left = LAST, count = 0; left > 0; count += 1) {
      const last = isUnready();
      const file = png(1 + worker, 1 + count, Buffer.alloc(10_000));
      answers.push(await upload(await signedUpload(credentials, { file }), port, agent));
      if (last) left -= 1;
    }
    agent.destroy();
  }
  return { answers, done: work() };
}

/** Rejects if the connection breaks. */
function upload({ url, headers, body }: SignedUpload, port: number, agent: Agent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', path: new URL(url).pathname, method: 'POST', headers, agent },
      (response: IncomingMessage) => {
        const { statusCode: status, headers } = response;
        response.resume();
        response.on('end', () => resolve({ status, connection: headers.connection }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function halfSent(port: number) {
  const connection = await rawConnection(port);
  const { head, body } = httpBytes(await signedUpload(credentials, { file: png(500, 500) }));
  const half = Math.floor(body.length / 2);
  connection.socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, half)]));
  return { closed: connection.closed, finish: () => connection.socket.write(body.subarray(half)) };
}

/** Uses a separate connection, as probes do. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  const request = httpRequest({ port, host: '127.0.0.1', path, agent: false });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
