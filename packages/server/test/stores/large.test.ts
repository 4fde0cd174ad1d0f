import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holds, put, sampleBytes, sha256, uploadOf } from '../contracts/samples.js';
import { type OpenStore, temporaryStore } from './folders.js';

let store: OpenStore;

beforeEach(async () => {
  store = await temporaryStore();
});
afterEach(() => store.end());

const large = sampleBytes(300_000, 'large');
const fileOf = (bytes: Buffer) =>
  path.join(store.folder, 'images', sha256(bytes).slice(0, 2), `${sha256(bytes)}.png`);
const arriving = () => readdir(path.join(store.folder, 'incoming'));

async function bytesArrived(): Promise<number> {
  const sizes = (await arriving()).map(
    async (name) => (await stat(path.join(store.folder, 'incoming', name))).size,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

test.each([100, 1_000, 16_384, 65_536, 131_072])(
  'at most 64 KiB of an image are held in memory if it arrives in chunks of %i',
  async (chunk) => {
    const bytes = sampleBytes(chunk < 1_000 ? 200_000 : 1_000_000, chunk);
    const draft = store.images.draft();
    for (let at = 0; at < bytes.length; at += chunk) {
      await draft.write(bytes.subarray(at, at + chunk));
      const written = Math.min(at + chunk, bytes.length);
      expect(written - (await bytesArrived())).toBeLessThanOrEqual(65_536);
    }
    await draft.commit(uploadOf(bytes));
    expect(await arriving()).toEqual([]);
    expect(await holds(store.images, bytes)).toBe(true);
  },
);

test('nothing is written for an image of up to 64 KiB before its commit', async () => {
  const draft = store.images.draft();
  await draft.write(sampleBytes(65_536, 'border'));
  expect(await arriving()).toEqual([]);
  await draft.discard();
});

test('simultaneous uploads of one image leave a single file', async () => {
  await Promise.all(Array.from({ length: 10 }, () => put(store.images, large)));
  expect(await readdir(path.dirname(fileOf(large)))).toEqual([path.basename(fileOf(large))]);
  expect(await arriving()).toEqual([]);
});

test('an existing image is not written again', async () => {
  await put(store.images, large);
  await utimes(fileOf(large), 1, 1);
  await put(store.images, large);
  expect((await stat(fileOf(large))).mtimeMs).toBe(1000);
});

test.each([
  ['is missing', () => rm(fileOf(large))],
  ['is cut short', () => writeFile(fileOf(large), large.subarray(0, 1000))],
])(
  'an image whose file %s is reported as broken, not as absent, until it is uploaded again',
  async (_, damage) => {
    await put(store.images, large);
    await damage();
    const reading = store.images.read(sha256(large));
    await expect(reading).rejects.toThrow(sha256(large));
    await expect(reading).rejects.toHaveProperty('cause');
    await put(store.images, large);
    expect(await holds(store.images, large)).toBe(true);
  },
);

test('drafts that are open at the closing of the store leave nothing', async () => {
  const draft = store.images.draft();
  await draft.write(large);
  await store.close();
  expect(await arriving()).toEqual([]);
  expect(() => draft.write(large)).toThrow();
});
