import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { imageFile, sha256, stageServices } from '../upload/stages.js';
import { type Listening, listening, uploadBytes } from './listening.js';

const RATIONED = 'its connections are read in portions';
const LARGE = imageFile(2_000_000);

/** @param padding characters that make the request longer than a portion */
const get = (file: Buffer, padding = 0) =>
  `GET /images/${sha256(file)}.png HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(padding)}\r\n\r\n`;

test.each<[what: string, file: Buffer, send: (socket: Socket, head: string, body: Buffer) => void]>([
  ['a small image', imageFile(1000), (socket, head, body) => socket.write(whole(head, body))],
  ['a large image', LARGE, (socket, head, body) => socket.write(whole(head, body))],
  ['head and body in two writes', imageFile(9000), twice],
  ['a chunk for 100 bytes', imageFile(200_000), (socket, head, body) => socket.write(chunked(head, body))],
  ['a sender that half-closes', imageFile(70_000), (socket, head, body) => socket.end(whole(head, body))],
])('%s passes from an address that is rationed', async (_, file, send) => {
  const socket = connect((await rationing()).port, '127.0.0.1');
  const { head, body } = await uploadBytes(file);
  send(socket, head.toString('latin1'), body);
  expect(await statusesOf(socket, 1)).toEqual(['200']);
  socket.destroy();
});

test('so do 100 Continue, and more uploads on the same connection', async () => {
  const socket = connect((await rationing()).port, '127.0.0.1');
  for (const round of [1, 2, 3]) {
    const { head, body } = await uploadBytes(imageFile(5000 + round), 'Expect: 100-continue');
    socket.write(head);
    expect(await statusesOf(socket, 1)).toEqual(['100']);
    socket.write(body);
    expect(await statusesOf(socket, 1)).toEqual(['200']);
  }
  socket.destroy();
});

test('so does a pipeline, with garbage at its end', async () => {
  const socket = connect((await rationing()).port, '127.0.0.1');
  const file = imageFile(3000);
  const { head, body } = await uploadBytes(file);
  const requests = [get(file), get(file), 'garbage\r\n\r\n'];
  socket.write(Buffer.concat([head, body, ...requests.map((text) => Buffer.from(text))]));
  expect(await statusesOf(socket, 4)).toEqual(['200', '200', '200', '400']);
  socket.destroy();
});

test('a connection with hundreds of requests rations its address, also on connections that are open', async () => {
  const server = await listening(await stageServices());
  const asked = count(server.http);
  const other = connect(server.port, '127.0.0.1');
  await once(other, 'connect');
  await crowd(server.port);
  expect(asked.mostAtOnce).toBeGreaterThan(200);
  expect(server.rationed()).toBe(1);
  expect(server.log.filter((line) => line.includes(RATIONED))).toHaveLength(1);
  asked.mostAtOnce = 0;
  for (const socket of [other, connect(server.port, '127.0.0.1')]) {
    socket.write(get(LARGE).repeat(640));
    await statusesOf(socket, 100);
    socket.destroy();
  }
  // A portion contains ten of them, and the first connection may still have a turn.
  expect(asked.mostAtOnce).toBeLessThan(40);
});

test('between two requests of rationed connections the event loop turns for others', async () => {
  const server = await rationing();
  const began: number[] = [];
  let turns = 0;
  let counting = setImmediate(function count() {
    turns += 1;
    counting = setImmediate(count);
  });
  server.http.on('request', () => began.push(turns));
  const sockets = Array.from({ length: 5 }, () => connect(server.port, '127.0.0.1'));
  for (const socket of sockets) socket.write(get(LARGE));
  const statuses = await Promise.all(sockets.map((socket) => statusesOf(socket, 1)));
  clearImmediate(counting);
  // The image is not there; nothing else is asked of the answers than that each comes.
  expect(statuses.flat()).toEqual(['404', '404', '404', '404', '404']);
  for (const [index, turn] of began.slice(1).entries())
    expect(turn - (began[index] ?? 0)).toBeGreaterThan(32);
  for (const socket of sockets) socket.destroy();
});

test('a rationed connection is not read while its request is being answered', async () => {
  const server = await rationing();
  const asked = count(server.http);
  const { head, body } = await uploadBytes(LARGE);
  const socket = connect(server.port, '127.0.0.1');
  socket.write(Buffer.concat([head, body]));
  expect(await statusesOf(socket, 1)).toEqual(['200']);
  socket.pause();
  socket.write(get(LARGE, 2000).repeat(20));
  await expect.poll(() => asked.all).toBeGreaterThan(1);
  await sleep(200);
  // The kernel takes some MiB, so that a few images seem to be read. Without rations all 21 requests are in memory.
  expect(asked.all).toBeLessThan(12);
  socket.destroy();
});

test('a body in chunks of one byte rations its address, and the next one is read a little in each turn', async () => {
  const turns: number[] = [];
  let now = 0;
  function received(): void {
    now += 1;
    if (now > 1) return;
    setImmediate(() => {
      turns.push(now);
      now = 0;
    });
  }
  const server = await listening(await stageServices(), { received });
  const head = (await uploadBytes(imageFile())).head.toString('latin1');
  const pieces = whole(framed(head), Buffer.from('1\r\nx\r\n'.repeat(300_000)));
  async function most(): Promise<number> {
    turns.length = 0;
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(pieces);
    expect(await statusesOf(socket, 1)).toEqual(['413']);
    socket.destroy();
    return Math.max(...turns);
  }
  expect(await most()).toBeGreaterThan(5000);
  expect(server.rationed()).toBe(1);
  // Two milliseconds are not enough for so many.
  expect(await most()).toBeLessThan(5000);
});

/** Starts a server that rations 127.0.0.1. */
async function rationing(): Promise<Listening> {
  const server = await listening(await stageServices());
  await crowd(server.port);
  expect(server.rationed()).toBe(1);
  return server;
}

/** Sends hundreds of requests at once, so that the connection is closed. */
function crowd(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(get(LARGE).repeat(640));
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** Counts requests: all, and the most in one turn of the event loop. */
function count(http: Server): { all: number; mostAtOnce: number } {
  const asked = { all: 0, mostAtOnce: 0 };
  let now = 0;
  http.on('request', () => {
    asked.all += 1;
    now += 1;
    asked.mostAtOnce = Math.max(asked.mostAtOnce, now);
    if (now === 1)
      setImmediate(() => {
        now = 0;
      });
  });
  return asked;
}

/** @returns the statuses of the next responses */
function statusesOf(socket: Socket, number: number): Promise<(string | undefined)[]> {
  return new Promise((resolve, reject) => {
    let received = '';
    function take(bytes: Buffer): void {
      received += bytes.toString('latin1');
      const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
      if (statuses.length < number) return;
      socket.off('data', take);
      socket.off('close', closed);
      resolve(statuses);
    }
    const closed = () => reject(new Error(`closed after ${received.slice(0, 200)}`));
    socket.on('data', take);
    socket.once('close', closed);
  });
}

function whole(head: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

function twice(socket: Socket, head: string, body: Buffer): void {
  socket.write(head);
  setTimeout(() => socket.write(body), 50);
}

function chunked(head: string, body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += 100) {
    const bytes = body.subarray(at, at + 100);
    chunks.push(Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n'));
  }
  return whole(framed(head), Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]));
}

function framed(head: string): string {
  return head.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked');
}
