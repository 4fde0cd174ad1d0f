import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox } from '@coupon-media/sandbox';
import { expect, test } from 'vitest';
import { sha256 } from './support/exchange.js';
import { makeImage } from './support/images.js';
import { relayOfTest } from './support/relay.js';
import { sandboxOfTest } from './support/sandbox.js';
import { smallDisk } from './support/small-disk.js';

const isRoot = process.getuid?.() === 0;

/** An image that no page with room left takes. */
const largeImage = (number: number) => makeImage('bmp', number, 400);

test('on a full disk a relay goes on answering what it knows, and uploads nothing that it cannot record', async ({
  skip,
}) => {
  skip(!isRoot, 'only root may mount a small disk');
  const disk = await smallDisk(32 * 1024 * 1024);
  const folder = path.join(disk, 'relay');
  await mkdir(folder);
  const callers = await startSandbox({ folder, port: 0, keys: 'own' });
  await callers.stop();
  const upstream = await sandboxOfTest();
  const { client } = await relayOfTest(upstream, { folder });
  const digests = () => upstream.requests.flatMap(({ upload }) => (upload ? [upload.sha256] : []));

  const known = await largeImage(1);
  const { imageUrl } = await client.uploadImage(known);
  const filling = path.join(disk, 'filling');
  await writeFile(filling, Buffer.alloc(64 * 1024 * 1024)).catch(() => undefined);
  const wanted = await largeImage(2);
  await expect(client.uploadImage(wanted)).rejects.toMatchObject({ code: 'SYSTEM_ERROR', verified: true });
  expect(digests()).toEqual([sha256(known)]);

  await rm(filling);
  await expect
    .poll(() => client.uploadImage(wanted).then(({ sha256: sent }) => sent, String), { timeout: 20_000 })
    .toBe(sha256(wanted));
  expect((await client.uploadImage(known)).imageUrl).toBe(imageUrl);
  expect(digests()).toEqual([sha256(known), sha256(wanted)]);
});
