import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox } from '@coupon-media/sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { sha256 } from './support/exchange.js';
import { makeImage } from './support/images.js';
import { startCouponMedia } from './support/run.js';
import { sandboxOfTest, temporaryFolder } from './support/sandbox.js';

/** Sends an image to a plain door. */
async function post(url: string, token: string, image: Buffer): Promise<{ status: number; body: unknown }> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'image/png' };
  const body = new Uint8Array(image);
  const answer = await fetch(`${url}?filename=a.png`, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.json() };
}

test('a sandbox with the plain door gives URLs of its own for a token, and knows them again', async () => {
  const sandbox = await sandboxOfTest({ door: true });
  const { url = '', token = '' } = sandbox.door ?? {};
  const image = await makeImage('png', 1);
  const first = await post(url, token, image);
  const imageUrl = `${sandbox.credentials.baseUrl}/images/${sha256(image)}.png`;
  expect(first).toMatchObject({ status: 200, body: { image_url: imageUrl, reused: false } });
  expect(Buffer.from(await (await fetch(imageUrl)).arrayBuffer())).toEqual(image);
  expect((await post(url, token, image)).body).toMatchObject({ image_url: imageUrl, reused: true });
  // The signed door gives the same URL.
  const client = await sandbox.client();
  expect((await client.uploadImage(image)).imageUrl).toBe(imageUrl);
  // What came by it is in the lists of the plain one, once.
  const other = await makeImage('png', 3);
  for (const _ of [1, 2]) await client.uploadImage(other, { filename: 'signed.png' });
  const listed = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  expect(await listed.json()).toMatchObject({
    images: [
      { filename: 'signed.png', sha256: sha256(other), caller: sandbox.credentials.mchid },
      { filename: 'a.png', sha256: sha256(image), caller: token.slice(0, 16) },
    ],
  });
  expect(await post(url, 'cmr_000000000000_wrong', image)).toMatchObject({ status: 401 });
});

test('its status counts the uploads of both doors', async () => {
  const sandbox = await sandboxOfTest({ door: true, quota: 50 });
  const { url = '', token = '' } = sandbox.door ?? {};
  const image = await makeImage('png', 1);
  await post(url, token, image);
  await post(url, token, image);
  const client = await sandbox.client({ retries: 0 });
  await client.uploadImage(image);
  sandbox.faults.add(
    { response: { refusal: 'rateExceeded' } },
    { response: { refusal: 'systemError' }, count: 1 },
  );
  for (let upload = 0; upload < 2; upload += 1) await client.uploadImage(image).catch(() => {});
  const headers = { Authorization: `Bearer ${token}` };
  const status = async () =>
    (await (await fetch(new URL('status', url), { headers })).json()) as {
      buckets: Record<string, number>[];
    };
  await expect
    .poll(async () => {
      const { buckets } = await status();
      const of = (outcome: string) => buckets.reduce((all, bucket) => all + (bucket[outcome] ?? 0), 0);
      return [of('published'), of('reused'), of('waiting'), of('unavailable'), of('refused')];
    })
    .toEqual([2, 1, 1, 1, 0]);
  expect(await status()).toMatchObject({ account: 'sandbox', quota_per_second: 50, pace_per_second: null });
});

test('without the option there is no door', async () => {
  const sandbox = await sandboxOfTest();
  expect(sandbox.door).toBeUndefined();
  expect((await fetch(`${sandbox.credentials.baseUrl}/v1/openapi.json`)).status).toBe(404);
});

test('a folder keeps its token', async () => {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const tokens = [];
  for (const port of [0, undefined]) {
    const sandbox = await startSandbox({ folder, port, door: true });
    tokens.push(sandbox.door?.token);
    await sandbox.stop();
  }
  expect(tokens[0]).toMatch(/^cmr_[0-9a-f]{12}_[\w-]{43}$/);
  expect(tokens[1]).toBe(tokens[0]);
});

test('the command mounts it where it is installed, and says how it is used', async () => {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const running = startCouponMedia('--lang', 'en', 'sandbox', '--port', '0', '--data', folder);
  onTestFinished(async () => void (await running.stop()));
  const output = await running.prints('Ctrl-C');
  const [, url = ''] = /by a token .* (http:\S+\/v1\/images)/.exec(output) ?? [];
  const token = (await readFile(path.join(folder, 'token.txt'), 'utf8')).trim();
  expect(await post(url, token, await makeImage('png', 2))).toMatchObject({ status: 200 });
});
