import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { examineImage } from '@coupon-media/prepare';
import { expect, test } from 'vitest';
import { createThumbnailCache } from '../dist/thumbnails/cache.js';
import { type Opened, opened, pictureOf, pngOf, sha256 } from './opened.js';
import { get, post } from './send.js';

const log = { warn: () => undefined };

/** Stores an image of the account and returns the address of its thumbnail. */
async function uploaded({ url }: Opened, bearer: string, image: Buffer): Promise<string> {
  const { status } = await post(`${url}/v1/images`, bearer, image);
  expect(status).toBe(200);
  return `${url}/v1/images/${sha256(image)}/thumbnail`;
}

const asks = (bearer: string) => ({
  headers: { Authorization: `Bearer ${bearer}`, 'Accept-Language': 'en' },
});

test('a thumbnail is a small WebP of an image of the account, and of no other account', async () => {
  const service = await opened();
  const bearer = await service.token();
  const address = await uploaded(service, bearer, pictureOf(900, 300));
  const answer = await fetch(address, asks(bearer));
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.length).toBeLessThanOrEqual(20_480);
  expect(await examineImage(bytes)).toMatchObject({ format: 'webp', width: 256, height: 85 });
  const { headers } = asks(bearer);
  const again = await fetch(address, {
    headers: { ...headers, 'If-None-Match': answer.headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
  const rival = await service.token({ account: 'rival' });
  expect((await get(address, rival)).body).toMatchObject({ status: 404, code: 'not-found' });
  const blind = await service.token({ scopes: ['upload'] });
  expect((await get(address, blind)).body).toMatchObject({ status: 403, code: 'scope-missing' });
});

test('thumbnails are kept, and made again when their folder is deleted while the service runs', async () => {
  const service = await opened();
  const bearer = await service.token();
  const address = await uploaded(service, bearer, pictureOf(500, 500));
  const read = async () => Buffer.from(await (await fetch(address, asks(bearer))).arrayBuffer());
  const folder = path.join(service.folder, 'thumbnails');
  const files = async () =>
    (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.webp'));
  const first = await read();
  expect(await files()).toHaveLength(1);
  await rm(folder, { recursive: true });
  expect(await read()).toEqual(first);
  expect(await files()).toHaveLength(1);
});

test('many readers of one image have it drawn once, and one that cannot be drawn is tried once', async () => {
  const service = await opened();
  const bearer = await service.token();
  const address = await uploaded(service, bearer, pictureOf(2000, 2000));
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(address, asks(bearer))));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  // Its head is whole, and its pixels are not there: the door takes it, and no decoder draws it.
  const cut = await uploaded(service, bearer, pictureOf(3000, 3000).subarray(0, 200));
  const refused = { status: 422, code: 'image-unpreparable' };
  expect((await get(cut, bearer)).body).toMatchObject(refused);
  const file = path.join(service.folder, 'thumbnails', cut.slice(-74, -72), `${cut.slice(-74, -10)}.webp`);
  expect((await stat(file)).size).toBe(0);
  expect((await get(cut, bearer)).body).toMatchObject(refused);
});

test('a reader that leaves before its picture is drawn is no fault in the log', async () => {
  const service = await opened();
  const bearer = await service.token();
  const address = await uploaded(service, bearer, pictureOf(3000, 3000));
  const leaving = new AbortController();
  const left = fetch(address, { ...asks(bearer), signal: leaving.signal }).catch(String);
  // An answer to what was asked later: the picture has been begun.
  expect((await get(`${service.url}/v1/images`, bearer)).status).toBe(200);
  leaving.abort();
  await left;
  expect((await fetch(address, asks(bearer))).status).toBeLessThan(500);
  expect(service.log.filter((line) => line.includes('the door'))).toEqual([]);
});

test('more images than can wait are answered with 429, and none of them is lost', async () => {
  const service = await opened();
  const bearer = await service.token();
  const addresses: string[] = [];
  for (let n = 0; n < 60; n += 1) addresses.push(await uploaded(service, bearer, pngOf(200)));
  const first = await Promise.all(addresses.map((address) => fetch(address, asks(bearer))));
  const busy = first.filter(({ status }) => status !== 200);
  expect(busy.length).toBeGreaterThan(0);
  for (const answer of busy) {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await answer.json()).toMatchObject({ code: 'service-busy' });
  }
  for (const address of addresses) expect((await fetch(address, asks(bearer))).status).toBe(200);
});

test('the cache stays within its bytes, and what was not asked for longest goes first', async () => {
  const { folder } = await opened();
  const place = { folder: path.join(folder, 'small'), maxBytes: 8 * 4096 };
  const cache = createThumbnailCache(place, log);
  const digest = (n: number) => n.toString(16).padStart(2, '0').repeat(32);
  for (let n = 0; n < 8; n += 1) await cache.write(digest(n), Buffer.alloc(1000, n));
  expect(await cache.read(digest(0))).toEqual(Buffer.alloc(1000, 0));
  for (let n = 8; n < 12; n += 1) await cache.write(digest(n), Buffer.alloc(1000, n));
  const kept = [];
  for (let n = 0; n < 12; n += 1) if (await cache.read(digest(n))) kept.push(n);
  expect(kept).toEqual([0, 5, 6, 7, 8, 9, 10, 11]);
  // The next process counts what is there.
  const next = createThumbnailCache(place, log);
  for (let n = 12; n < 14; n += 1) await next.write(digest(n), Buffer.alloc(1000, n));
  const files = (await readdir(place.folder, { recursive: true })).filter((name) => name.endsWith('.webp'));
  expect(files).toHaveLength(8);
});
