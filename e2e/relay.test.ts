import { createClient } from '@coupon-media/client';
import type { Sandbox } from '@coupon-media/sandbox';
import { expect, test } from 'vitest';
import { makeImage } from './support/images.js';
import { relayOfTest } from './support/relay.js';
import { sandboxOfTest } from './support/sandbox.js';

let numbers = 0;

/** An image that no test had before. */
function newImage(): Promise<Buffer> {
  numbers += 1;
  return makeImage('png', numbers);
}

/** The uploads that reached upstream, by their filenames. */
function uploads(upstream: Sandbox): (string | undefined)[] {
  return upstream.requests.filter(({ upload }) => upload).map(({ upload }) => upload?.filename);
}

test("an upload gives upstream's own URL; the same bytes reuse it, from another process too", async () => {
  const upstream = await sandboxOfTest();
  const { client, folder, stop } = await relayOfTest(upstream);
  const image = await newImage();
  const first = await client.uploadImage(image, { filename: 'first.png' });
  expect(first.imageUrl.startsWith(upstream.credentials.baseUrl)).toBe(true);
  expect((await client.uploadImage(image, { filename: 'second.png' })).imageUrl).toBe(first.imageUrl);
  await stop();
  const later = await relayOfTest(upstream, { folder });
  expect((await later.client.uploadImage(image, { filename: 'third.png' })).imageUrl).toBe(first.imageUrl);
  expect(uploads(upstream)).toEqual(['first.png']);
});

test('a hundred callers at the same moment make one upload', async () => {
  const upstream = await sandboxOfTest();
  const { baseUrl, callerProfile } = await relayOfTest(upstream);
  const client = createClient({ profile: callerProfile, baseUrl, retries: 0, limit: { concurrent: 100 } });
  const image = await newImage();
  const urls = await Promise.all(
    Array.from(
      { length: 100 },
      async (_, at) => (await client.uploadImage(image, { filename: `${at}.png` })).imageUrl,
    ),
  );
  expect(new Set(urls).size).toBe(1);
  expect(uploads(upstream)).toHaveLength(1);
  await client.close();
});

test('the digest that goes upstream is the one that was received', async () => {
  const upstream = await sandboxOfTest();
  const { client } = await relayOfTest(upstream);
  const { sha256 } = await client.uploadImage(await newImage());
  expect(upstream.requests.find(({ upload }) => upload)?.upload?.sha256).toBe(sha256);
});

test('readiness does not depend on upstream, and says how it is', async () => {
  const upstream = await sandboxOfTest();
  const { baseUrl, client } = await relayOfTest(upstream);
  await client.uploadImage(await newImage());
  expect(await (await fetch(`${baseUrl}/readyz`)).json()).toEqual({
    status: 'ready',
    upstream: { shop: 'closed' },
  });
});

test('a merchant without a grant has no account', async () => {
  const upstream = await sandboxOfTest();
  const accounts = { shop: { profile: upstream.credentialsPath, callers: ['1999999999'] } };
  const { client } = await relayOfTest(upstream, { accounts });
  await expect(client.uploadImage(await newImage())).rejects.toMatchObject({
    status: 403,
    code: 'NO_AUTH',
    verified: true,
  });
  expect(uploads(upstream)).toEqual([]);
});
