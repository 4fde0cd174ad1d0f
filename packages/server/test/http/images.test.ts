import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { StoredBytes } from '../../dist/stores/index.js';
import { imageFile, sha256, stageServices } from '../upload/stages.js';
import { listening } from './listening.js';

const URL_PATH = `/images/${sha256(imageFile())}.png`;

/** Serves one image of ten bytes with this content. */
async function serving(content: () => Readable) {
  const services = await stageServices();
  const image: StoredBytes = { kind: 'png', size: 10, content };
  const { port, log } = await listening({
    ...services,
    images: { ...services.images, read: async () => image },
  });
  return { url: `http://127.0.0.1:${port}${URL_PATH}`, log };
}

/** Returns a stream of these pieces that then fails. */
function failing(...pieces: string[]): Readable {
  async function* read() {
    yield* pieces.map((piece) => Buffer.from(piece));
    throw new Error('the disk is away');
  }
  return Readable.from(read());
}

test('an unreadable image results in an empty 500 if nothing of it has been sent', async () => {
  const { url, log } = await serving(() => failing());
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([500, '']);
  expect(response.headers.get('cache-control')).toBeNull();
  expect(log.join()).toContain('the disk is away');
});

test('an image that fails on the way closes the connection, so that it is not mistaken for complete', async () => {
  const { url } = await serving(() => failing('image'));
  const response = await fetch(url);
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
});

test('a HEAD does not open the file, and returns the length', async () => {
  let opened = 0;
  const { url } = await serving(() => {
    opened += 1;
    return Readable.from([Buffer.alloc(10)]);
  });
  const response = await fetch(url, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length'), opened]).toEqual([200, '10', 0]);
});
