/**
 * A program as users write it, on public names alone: does the task that is named, and ends with an error if it fails. It is copied beside the
 * node_modules of the app. usage: app.mjs TASK CREDENTIALS.json
 */
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ApiError, createClient } from '@coupon-media/client';

const [task = '', file = ''] = process.argv.slice(2);
const IMAGE = '头图.png';
const URL_OF_IMAGE = /\/images\/[0-9a-f]{64}\.png$/;

/** @type {Record<string, () => Promise<void>>} */
const TASKS = {
  async path() {
    await uploaded(IMAGE);
  },
  async bytes() {
    const bytes = await readFile(IMAGE);
    await uploaded(bytes, { filename: IMAGE });
    await uploaded(new Uint8Array(bytes), { filename: IMAGE });
    await uploaded(new Blob([bytes]), { filename: IMAGE });
  },
  async streams() {
    await uploaded(createReadStream(IMAGE), { filename: IMAGE });
    await uploaded(new Blob([await readFile(IMAGE)]).stream(), { filename: IMAGE });
  },
  async parallel() {
    const client = createClient({ profile: file });
    const results = await Promise.all(Array.from({ length: 40 }, () => client.uploadImage(IMAGE)));
    assert.equal(new Set(results.map(({ imageUrl }) => imageUrl)).size, 1);
    await client.close();
  },
  async require() {
    const required = createRequire(import.meta.url)('@coupon-media/client');
    const client = required.createClient({ profile: file });
    assert.match((await client.uploadImage(IMAGE)).imageUrl, URL_OF_IMAGE);
    await client.close();
  },
  async json() {
    const client = createClient({ profile: file });
    const { body } = await client.request('GET', '/v3/certificates');
    assert.ok(JSON.stringify(body).includes('encrypt_certificate'));
    await client.close();
  },
  async certificates() {
    const { baseUrl, mchid, certificateSerialNo, privateKeyPath, apiV3Key } = JSON.parse(
      await readFile(file, 'utf8'),
    );
    const privateKey = await readFile(path.resolve(path.dirname(file), privateKeyPath), 'utf8');
    const client = createClient({ baseUrl, mchid, certificateSerialNo, privateKey, apiV3Key });
    assert.match((await client.uploadImage(IMAGE)).imageUrl, URL_OF_IMAGE);
    await client.close();
  },
  async refusal() {
    const client = createClient({ profile: file, mchid: '1900009999' });
    const error = await client.uploadImage(IMAGE).catch((cause) => cause);
    assert.ok(error instanceof ApiError, String(error));
    assert.equal(error.code, 'SIGN_ERROR');
    await client.close();
  },
  async absent() {
    const client = createClient({ profile: file, baseUrl: 'http://127.0.0.1:9', deadlines: { total: 2000 } });
    const error = await client.uploadImage(IMAGE).catch((cause) => cause);
    assert.match(error.code, /^(NETWORK_FAILED|TIMED_OUT)$/);
    await client.close();
  },
  async aborted() {
    const client = createClient({ profile: file });
    const error = await client.uploadImage(IMAGE, { signal: AbortSignal.abort() }).catch((cause) => cause);
    assert.equal(error.code, 'ABORTED');
    await client.close();
  },
  async prepare() {
    const { prepareImage } = await import('@coupon-media/prepare');
    const prepared = await prepareImage(IMAGE, { slot: 'icon' });
    assert.ok(prepared.bytes.length > 0);
  },
  async sandbox() {
    const { assertReceivedUpload, startSandbox } = await import('@coupon-media/sandbox');
    const sandbox = await startSandbox();
    const client = await sandbox.client();
    await client.uploadImage(IMAGE);
    assertReceivedUpload(sandbox, { filename: IMAGE, times: 1 });
    await sandbox.stop();
  },
};

await writeFile(IMAGE, await readFile(new URL('coupon.png', import.meta.url)));
await TASKS[task]?.();
console.log('done');

/**
 * @param {Parameters<import('@coupon-media/client').Client['uploadImage']>[0]} image
 * @param {{ filename?: string }} [options]
 */
async function uploaded(image, options) {
  const client = createClient({ profile: file });
  assert.match((await client.uploadImage(image, options)).imageUrl, URL_OF_IMAGE);
  await client.close();
}
