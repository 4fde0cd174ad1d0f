import { chmod, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '@coupon-media/client';
import type { Sandbox } from '@coupon-media/sandbox';
import { expect, test } from 'vitest';
import { makeImage } from './support/images.js';
import { relayOfTest } from './support/relay.js';
import { profileOf, sandboxOfTest } from './support/sandbox.js';

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

test('without upstream it answers what is recorded, takes what may wait, and is ready', async () => {
  const upstream = await sandboxOfTest();
  const shop = { profile: upstream.credentialsPath, deadlines: { response: 2_000, total: 2_000 } };
  const { baseUrl, createToken } = await relayOfTest(upstream, { accounts: { shop } });
  const headers = { Authorization: `Bearer ${await createToken()}`, 'Content-Type': 'image/png' };
  const post = async (image: Buffer, prefer = 'wait=30') => {
    const answer = await fetch(`${baseUrl}/v1/images`, {
      ...{ method: 'POST', headers: { ...headers, Prefer: prefer }, body: new Uint8Array(image) },
    });
    const body: unknown = await answer.json();
    return { status: answer.status, headers: answer.headers, body };
  };
  const ready = async () => {
    const answer = await fetch(`${baseUrl}/readyz`);
    return { status: answer.status, body: await answer.json() };
  };
  const recorded = await newImage();
  expect(await post(recorded)).toMatchObject({ status: 200 });
  upstream.faults.add({ response: { fault: 'CONNECTION_REFUSED' } });
  const accepted = [];
  for (let at = 0; at < 4; at += 1) accepted.push(await post(await newImage(), 'respond-async'));
  expect(accepted.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  await expect
    .poll(ready, { timeout: 30_000 })
    .toMatchObject({ status: 200, body: { upstream: { shop: 'open' } } });
  expect(await post(recorded)).toMatchObject({ status: 200, body: { reused: true } });
  const refused = await post(await newImage(), 'wait=2');
  expect(refused).toMatchObject({ status: 503, body: { code: 'upstream-unavailable' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  upstream.faults.clear();
  for (const { headers: told } of accepted) {
    const state = async () => (await fetch(`${baseUrl}${told.get('location')}`, { headers })).json();
    await expect.poll(state, { timeout: 40_000, interval: 200 }).toMatchObject({ state: 'done' });
  }
  await expect.poll(ready).toMatchObject({ body: { upstream: { shop: 'closed' } } });
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

test('files that other users can read or change are named in the log at the start', async () => {
  const upstream = await sandboxOfTest();
  const privateKeyPath = path.join(upstream.folder, 'open_key.pem');
  await copyFile(upstream.credentials.privateKeyPath, privateKeyPath);
  const profile = await profileOf(upstream, { privateKeyPath, apiV3Key: undefined });
  await chmod(privateKeyPath, 0o640);
  await chmod(profile, 0o664);
  const { log } = await relayOfTest(upstream, { accounts: { shop: { profile } } });
  const warned = log.map((line) => JSON.parse(line)).filter(({ msg }) => /other users/.test(msg));
  expect(warned).toMatchObject([
    { file: privateKeyPath, msg: expect.stringContaining('read this key') },
    { file: profile, msg: expect.stringContaining('change this file') },
  ]);
});
