import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startProxy, type TcpProxy } from '../support/proxy.js';
import { rawConnection } from '../support/service.js';

/** A server that returns what it receives, and a proxy in front of it. */
async function echo(): Promise<{ proxy: TcpProxy; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {}).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startProxy((server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  return { proxy, connections: () => connections };
}

test('open: every byte comes back, and a half-close reaches the other side', async () => {
  const { proxy } = await echo();
  const { socket } = await rawConnection(proxy.port);
  const sent = Buffer.alloc(3_000_000, 'proxy');
  socket.end(sent);
  expect((await buffer(socket)).equals(sent)).toBe(true);
});

test('cut: open and new connections are reset; open again: everything works', async () => {
  const { proxy } = await echo();
  const before = await rawConnection(proxy.port);
  before.socket.write('x');
  await once(before.socket, 'data');
  proxy.set('cut');
  expect(await errorOf(before.socket)).toBe('ECONNRESET');
  const during = await rawConnection(proxy.port).then(({ socket }) => errorOf(socket), codeOf);
  expect(during).toBe('ECONNRESET');
  proxy.set('open');
  const after = await rawConnection(proxy.port);
  after.socket.write('y');
  expect(String((await once(after.socket, 'data'))[0])).toBe('y');
});

test('silent: nothing arrives until it is over, and then everything', async () => {
  const { proxy, connections } = await echo();
  proxy.set('silent');
  const { socket, received } = await rawConnection(proxy.port);
  socket.write('patience');
  await expect.poll(connections).toBe(1);
  expect(received()).toBe('');
  proxy.set('open');
  await expect.poll(received).toBe('patience');
});

test('slow: slow transfers arrive completely', async () => {
  const { proxy } = await echo();
  proxy.set({ milliseconds: 50, bytesPerSecond: 1_000_000 });
  const { socket } = await rawConnection(proxy.port);
  const began = performance.now();
  const sent = Buffer.alloc(50_000, 'slow');
  socket.end(sent);
  expect((await buffer(socket)).equals(sent)).toBe(true);
  // 50 ms for the round trip, plus the bytes at their rate. A timer may fire a millisecond early.
  expect(performance.now() - began).toBeGreaterThan(2 * (49 + 49));
});

test('resetAfter: the connection breaks in the middle', async () => {
  const { proxy } = await echo();
  proxy.set({ resetAfter: 100_000 });
  const { socket, received } = await rawConnection(proxy.port);
  socket.write(Buffer.alloc(1_000_000));
  expect(await errorOf(socket)).toBe('ECONNRESET');
  expect(received().length).toBeLessThan(1_000_000);
});

test('busy: a 503 as S3 words it', async () => {
  const { proxy } = await echo();
  proxy.set('busy');
  const answer = await fetch(`http://127.0.0.1:${proxy.port}/bucket/key`, { method: 'PUT', body: 'bytes' });
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('<Code>SlowDown</Code>');
});

async function errorOf(socket: Socket): Promise<string | undefined> {
  const [error] = await Promise.race([once(socket, 'close').then(() => [{}]), failed(socket)]);
  return codeOf(error);
}

/** Resolves with the error. `once` alone would reject with it while it waits for another event. */
function failed(socket: Socket): Promise<[unknown]> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve([error]));
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
