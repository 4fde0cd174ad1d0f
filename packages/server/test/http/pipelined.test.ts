import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { createTrace, type Trace } from '../../dist/signed/trace.js';
import type { ImageStore } from '../../dist/stores/index.js';
import { handleUpload } from '../../dist/upload/pipeline.js';
import {
  imageFile,
  LAST,
  metaOf,
  part,
  type StageServices,
  sha256,
  stageServices,
  uploadHead,
} from '../upload/stages.js';
import { listening, uploadBytes } from './listening.js';

/** The image is too long for the database, so it is read from a file. */
const LONG = imageFile(200_000);
const SHORT = imageFile(62_000);

const get = (image: Buffer) => `GET /images/${sha256(image)}.png HTTP/1.1\r\nHost: x\r\n\r\n`;

test('pipelined reads on connections that close at once leak nothing', async ({ skip }) => {
  if (process.platform !== 'linux') skip('descriptors are counted in /proc/self/fd');
  const { services, reads } = await withImages();
  const { port, http } = await listening(services);
  const before = descriptors();
  for (let round = 0; round < 20; round += 1) await writeAndLeave(port, get(LONG).repeat(2));
  await Promise.all(Array.from({ length: 40 }, () => writeAndLeave(port, get(SHORT).repeat(640))));
  await expect.poll(() => openConnections(http)).toBe(0);
  await expect.poll(descriptors).toBeLessThanOrEqual(before);
  // Each connection holds at most one image in memory, however many were requested in one write.
  expect(reads.most).toBeLessThanOrEqual(40);
  expect(reads.all).toBeLessThanOrEqual(20 * 2 + 40 * 33);
});

test('a connection with too many waiting requests is closed', async () => {
  const { services, reads } = await withImages();
  const { port } = await listening(services);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume();
  socket.write(get(SHORT).repeat(640));
  await closed;
  expect(reads.all).toBe(1);
});

test('an upload behind responses that are not read is never started and leaves nothing', async () => {
  const { services } = await withImages();
  const begun: Trace[] = [];
  const { port, http } = await listening(services, { begin: (trace) => void begun.push(trace) });
  const { head, body } = await uploadBytes(imageFile());
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  const large = imageFile(2_000_000);
  await store(services, large);
  socket.write(Buffer.concat([Buffer.from(get(large).repeat(8)), head, body]));
  await expect.poll(() => openConnections(http)).toBe(1);
  socket.destroy();
  await expect.poll(() => openConnections(http)).toBe(0);
  expect(begun).toEqual([]);
  expect(services.inFlight.load()).toEqual({ bytes: 0, unproven: 0, waiting: 0 });
});

test('abandoned pipelined requests without a body end if they were started', async () => {
  const services = await stageServices();
  const underWay = new Set<Trace>();
  const { port, http } = await listening(services, {
    begin: (trace) => void underWay.add(trace),
    end: (trace) => void underWay.delete(trace),
  });
  const { url } = await uploadHead('');
  const bare = `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;
  for (let round = 0; round < 20; round += 1) await writeAndLeave(port, bare.repeat(30));
  await expect.poll(() => openConnections(http)).toBe(0);
  await expect.poll(() => underWay.size).toBe(0);
  expect(services.inFlight.load()).toEqual({ bytes: 0, unproven: 0, waiting: 0 });
});

test('a pipeline is answered in order, including a request that waits for 100 Continue', async () => {
  const { services } = await withImages();
  const { port } = await listening(services);
  const upload = await uploadBytes(imageFile(100), 'Expect: 100-continue');
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
  });
  const statuses = () => [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
  socket.write(
    Buffer.concat([Buffer.from(`${get(LONG)}GET /none HTTP/1.1\r\nHost: x\r\n\r\n`), upload.head]),
  );
  await expect.poll(statuses).toEqual(['200', '404', '100']);
  socket.write(Buffer.concat([upload.body, Buffer.from(get(SHORT))]));
  await expect.poll(statuses).toEqual(['200', '404', '100', '200', '200']);
  socket.destroy();
});

/** Returns services with two images, and counts how many of them are read, at a time and in total. */
async function withImages() {
  const services = await stageServices();
  await store(services, LONG);
  await store(services, SHORT);
  const reads = { now: 0, most: 0, all: 0 };
  const read: ImageStore['read'] = async (sha, kind) => {
    reads.all += 1;
    reads.now += 1;
    reads.most = Math.max(reads.most, reads.now);
    return services.images.read(sha, kind).finally(() => {
      reads.now -= 1;
    });
  };
  return { services: { ...services, images: { ...services.images, read } }, reads };
}

async function store(services: StageServices, file: Buffer): Promise<void> {
  const head = await uploadHead(metaOf(file));
  const body = () => Readable.from([part('meta', metaOf(file)), part('file', file), LAST]);
  const response = await handleUpload(
    { head, body, whenGone: () => () => undefined },
    services,
    createTrace('upload', head, 'A'),
  );
  expect(response?.status).toBe(200);
}

function writeAndLeave(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.once('close', () => resolve());
    socket.write(text, () => socket.destroy());
  });
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function openConnections(http: Awaited<ReturnType<typeof listening>>['http']): Promise<number> {
  return new Promise((resolve, reject) => {
    http.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
