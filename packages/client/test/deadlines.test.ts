import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Deadlines, type RequestOptions } from '@coupon-media/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { png } from './images.js';
import { optionsFor, startService } from './service.js';

/** A TCP server that only does what the callback does with a connection. */
async function startSocket(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const silent = (socket: Socket) => void socket.resume();
const deaf = (socket: Socket) => void socket.pause();

/** Sends one request of 32 MB, more than the buffers of two sockets, without retries. */
function send(baseUrl: string, deadlines: Partial<Deadlines>, options: RequestOptions = {}) {
  const client = createClient(optionsFor({ baseUrl }, { deadlines, retries: 0 }));
  return client.request('POST', '/v3/x', 'x'.repeat(32_000_000), options);
}

/** The stages in which a host can hang, each with the address of such a host. */
const hanging: Record<'connect' | 'send' | 'response', () => Promise<string>> = {
  // The connection is made, but the TLS handshake gets no response.
  connect: async () => `https://${await startSocket(silent)}`,
  send: async () => `http://${await startSocket(deaf)}`,
  response: async () => `http://${await startSocket(silent)}`,
};

describe.each(['connect', 'send', 'response'] as const)('a host that hangs before %s', (phase) => {
  test('is given up at that deadline', async () => {
    const baseUrl = await hanging[phase]();
    await expect(send(baseUrl, { [phase]: 120 })).rejects.toMatchObject({
      code: 'TIMED_OUT',
      name: 'TimeoutError',
      phase,
      milliseconds: 120,
      host: baseUrl,
    });
  });

  test('can be called off', async () => {
    const baseUrl = await hanging[phase]();
    const reason = new Error('enough');
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), 80);
    await expect(send(baseUrl, {}, { signal: abort.signal })).rejects.toMatchObject({
      code: 'ABORTED',
      cause: reason,
    });
  });
});

test('a response that stops half way is given up', async () => {
  const service = await startService((_, response) =>
    response.writeHead(200, { 'Content-Length': 100 }).write('{'),
  );
  await expect(send(service.baseUrl, { response: 120 })).rejects.toMatchObject({
    code: 'TIMED_OUT',
    phase: 'response',
  });
});

test('a response that breaks off half way is a network failure', async () => {
  const service = await startService((_, response) => {
    response.writeHead(200, { 'Content-Length': 100 }).write('{');
    setTimeout(() => response.destroy(), 20);
  });
  await expect(send(service.baseUrl, {})).rejects.toMatchObject({ code: 'NETWORK_FAILED', sent: true });
});

test('a slow request is not a slow response: each stage has its own deadline', async () => {
  const host = await startSocket((socket) => {
    const trickle = async () => {
      for await (const _ of socket) await delay(2);
    };
    setTimeout(() => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), 600);
    trickle().catch(() => {});
  });
  await expect(send(`http://${host}`, { connect: 300, send: 20_000, response: 300 })).rejects.toMatchObject({
    code: 'RESPONSE_FORGED',
  });
});

test('no connection: nothing was sent', async () => {
  await expect(send('http://127.0.0.1:9', {})).rejects.toMatchObject({
    code: 'NETWORK_FAILED',
    name: 'NetworkError',
    sent: false,
    cause: { code: 'ECONNREFUSED' },
  });
});

test('a signal aborted before keeps everything from being sent', async () => {
  const service = await startService();
  await expect(send(service.baseUrl, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ABORTED',
    cause: { name: 'AbortError' },
  });
  expect(service.received).toHaveLength(0);
});

test('a stream that hangs can be called off', async () => {
  const service = await startService();
  const endless = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  await expect(
    createClient(optionsFor(service)).uploadImage(endless, { signal: AbortSignal.timeout(50) }),
  ).rejects.toMatchObject({ code: 'ABORTED', cause: { name: 'TimeoutError' } });
});

test('a frozen service takes no longer than the deadline of the whole call, retries included', async () => {
  const service = await startService('hang');
  const deadlines = { connect: 400, send: 400, response: 400, total: 1_000 };
  const client = createClient(optionsFor(service, { deadlines }));
  const error: unknown = await client.uploadImage(png()).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'TIMED_OUT' });
  // Back-offs count although this client does not wait: 400 ms and one second are more than a second.
  expect(service.received).toHaveLength(1);
});

test('the last attempt ends with the deadline of the whole call', async () => {
  const service = await startService('hang');
  const client = createClient(optionsFor(service, { deadlines: { total: 200 } }));
  await expect(client.uploadImage(png())).rejects.toMatchObject({
    code: 'TIMED_OUT',
    phase: 'total',
    milliseconds: 200,
    message: expect.stringMatching(/within 200 ms in all, retries included/),
  });
});
