import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClusterImages } from '@coupon-media/cluster';
import { isCluster, openEmbeddedImages, readConfig, type StoredUpload } from '@coupon-media/server';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { clusterEnvironment } from './migrate/places.js';
import { type Given, numbers, uploadMany } from './migrate/uploads.js';
import { send, signedUpload } from './support/exchange.js';
import { expectRefusal } from './support/refusal.js';
import { couponMedia, type Ended, type Running, startCouponMedia } from './support/run.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

// Takes 45 s: thirty commands that load the whole service, and a cluster.

/** The number of images to migrate. 100000 takes about half an hour. */
const IMAGES = Number(process.env.TEST_MIGRATE_IMAGES ?? 300);

/** How often a run is killed. */
const KILLS = 3;

vi.setConfig({ testTimeout: 120_000 + IMAGES * 40, hookTimeout: 120_000 + IMAGES * 20 });

const engines = await useEngines('postgres', 's3', 'redis');

describe('store migrate --to cluster', engines.needed, () => {
  let sandbox: TestSandbox;
  let node: Running | undefined;
  const given: Given[] = [];
  const migrate = ['store', 'migrate', '--to', 'cluster'];
  const moving = () => [...migrate, '--data', sandbox.folder];

  beforeAll(async () => {
    Object.assign(process.env, clusterEnvironment(engines));
    sandbox = await testSandbox();
    for (const command of [
      ['platform-key', 'add'],
      ['merchant', 'add', '1900000109', '--certificate', sandbox.credentials.certificatePath, '--quota', '5'],
      ['merchant', 'disable', '1900000109'],
    ]) {
      expect(await couponMedia(...command, '--data', sandbox.folder)).toMatchObject({ code: 0 });
    }
    await uploadMany(sandbox.credentials, numbers(0, IMAGES));
  });
  afterAll(async () => {
    await node?.stop();
    await sandbox.end();
  });

  test('brings everything once, although it is killed again and again while the service runs', async () => {
    const begun = Date.now();
    let killed = 0;
    for (let at = 0; at < KILLS; at++) {
      const run = startCouponMedia(...moving());
      await run.prints('images');
      await sleep(Math.random() * 2 * IMAGES);
      const { code } = await run.stop('SIGKILL');
      if (code === null) killed += 1;
    }
    expect(killed).toBeGreaterThan(0);
    const run = startCouponMedia(...moving());
    await run.prints('images');
    // The last uploads are known individually. They arrive during the migration.
    await uploadMany(sandbox.credentials, numbers(IMAGES, IMAGES + 30), (upload) => given.push(upload));
    const { code, stdout, stderr } = await ended(run);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stderr: expect.not.stringContaining('could not'),
      stdout: expect.stringMatching(/a service still uses the folder: stop it.*\nverified .*: all equal\n$/),
    });
    tellRate(begun, `${killed} times killed\n${stdout}`);
  });

  test('Ctrl-C ends it after the batch with 130, and the same command continues', async () => {
    await uploadMany(sandbox.credentials, numbers(IMAGES + 30, IMAGES + 60), (upload) => given.push(upload));
    const run = startCouponMedia(...moving());
    await run.prints('coupon-media: ');
    expect(await run.stop()).toMatchObject({ code: 130 });
  });

  test('with the service stopped it brings the rest, and then nothing more', async () => {
    await sandbox.stop();
    const last = await couponMedia(...moving());
    expect(last).toEqual({
      code: 0,
      stderr: expect.not.stringContaining('could not'),
      stdout: expect.stringMatching(/^moved .*\nverified .*: all equal\n$/),
    });
    const again = await couponMedia(...moving());
    expect(again.stdout).toMatch(
      /^nothing to move: the cluster has all \d+ images and \d+ uploads\nverified/,
    );
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('moving the folder') });
  });

  test('the cluster lists the same uploads in the same order and has their images', async () => {
    const here = await listed(await openEmbeddedImages({ folder: sandbox.folder }));
    const config = readConfig({});
    if (!isCluster(config)) throw new Error('no cluster in the environment');
    const there = await listed(await openClusterImages(config));
    expect(there.length).toBe(here.length);
    expect(there.filter((upload, at) => JSON.stringify(upload) !== JSON.stringify(here[at]))).toEqual([]);
    expect(await couponMedia('store', 'check')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ images of \d+ bytes, \d+ uploads: no problems\n$/),
    });
  });

  test('commands use the cluster without --data, the folder with it, and say which', async () => {
    const whose = {
      cluster: 'using the cluster: PostgreSQL ',
      folder: `using the folder ${sandbox.folder}`,
    };
    for (const command of [
      ['merchant', 'list'],
      ['merchant', 'show', sandbox.credentials.mchid, '--api-v3-key'],
      ['platform-key', 'list'],
      ['store', 'list', '--limit', '7'],
    ]) {
      const there = await couponMedia(...command);
      const here = await couponMedia(...command, '--data', sandbox.folder);
      expect(there).toMatchObject({ code: 0, stderr: expect.stringContaining(whose.cluster) });
      // AWS's library has seven lines to say with Node 20, which are no business of an operator's.
      expect(there.stderr).not.toContain('AWS SDK');
      expect(here).toMatchObject({ code: 0, stderr: expect.stringContaining(whose.folder) });
      expect(there.stdout).toBe(here.stdout);
    }
    expect(await couponMedia('store', 'backup', path.join(sandbox.folder, 'copy'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('pg_dump'),
    });
  });

  test('a node that replaces the service has the old URLs and keys, and accepts no request twice', async () => {
    const { credentials } = sandbox;
    const { port } = new URL(credentials.baseUrl);
    node = startCouponMedia('serve', '--port', port);
    await node.prints('coupon-media serves the cluster: PostgreSQL');
    for (const { url, file } of given.slice(0, 20)) {
      const answer = await request(url);
      expect(answer.statusCode).toBe(200);
      expect(Buffer.from(await answer.body.arrayBuffer()).equals(file)).toBe(true);
    }
    // Redis has remembered since the first run, so new signatures are accepted.
    const fresh = await send(
      credentials,
      await signedUpload(credentials, { file: given[0]?.file as Buffer }),
    );
    expect(fresh).toMatchObject({
      status: 200,
      fault: undefined,
      text: JSON.stringify({ image_url: given[0]?.url }),
    });
    for (const { request: old } of given.slice(-20))
      expectRefusal(await send(credentials, old), 'nonceReplayed');
  });

  test('a node sees the change of a command within seconds', async () => {
    const { credentials } = sandbox;
    const uploaded = async () => (await send(credentials, await signedUpload(credentials))).status;
    expect(await couponMedia('merchant', 'disable', credentials.mchid)).toMatchObject({ code: 0 });
    await expect.poll(uploaded, { timeout: 20_000 }).toBe(401);
    expect(await couponMedia('merchant', 'enable', credentials.mchid)).toMatchObject({ code: 0 });
    await expect.poll(uploaded, { timeout: 20_000 }).toBe(200);
    expect(await couponMedia('platform-key', 'add')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^PUB_KEY_ID_/),
    });
  });

  describe('reports what is missing or wrong', () => {
    const cases: [string, Record<string, string>, string][] = [
      [
        'no cluster',
        { COUPON_MEDIA_DATABASE_URL: '', COUPON_MEDIA_S3_BUCKET: '', COUPON_MEDIA_REDIS_URL: '' },
        'COUPON_MEDIA_DATABASE_URL: must be given',
      ],
      ['half a cluster', { COUPON_MEDIA_REDIS_URL: '' }, 'COUPON_MEDIA_REDIS_URL: must also be set'],
      [
        'PostgreSQL away',
        { COUPON_MEDIA_DATABASE_URL: 'postgres://me:secret-word@127.0.0.1:1/coupons' },
        '127.0.0.1:1',
      ],
      ['S3 away', { COUPON_MEDIA_S3_ENDPOINT: 'http://127.0.0.1:1' }, 'at 127.0.0.1:1'],
      ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'secret-word' }, 'S3 bucket'],
      ['Redis away', { COUPON_MEDIA_REDIS_URL: 'redis://:secret-word@127.0.0.1:1' }, 'Redis at 127.0.0.1:1'],
      ['another public URL', { COUPON_MEDIA_PUBLIC_URL: 'https://other.example' }, 'URLs are permanent'],
    ];
    test.each(cases)('%s', async (_, changes, wanted) => {
      const before = { ...process.env };
      Object.assign(process.env, changes);
      const { code, stderr, stdout } = await couponMedia(...moving());
      for (const name of Object.keys(changes)) delete process.env[name];
      Object.assign(process.env, before);
      expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(wanted) });
      expect(stderr + stdout).not.toContain('secret-word');
    });

    test('no --to', async () => {
      expect(await couponMedia('store', 'migrate')).toMatchObject({ code: 2 });
    });
  });
});

async function ended({ child, stop }: Running): Promise<Ended> {
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return stop();
}

/** Returns all uploads, page by page. */
async function listed(images: Awaited<ReturnType<typeof openEmbeddedImages>>): Promise<StoredUpload[]> {
  const all: StoredUpload[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await images.uploads({ limit: 1000, ...(cursor !== undefined && { cursor }) });
    all.push(...page.uploads);
    cursor = page.next;
    more = cursor !== undefined;
  }
  await images.close();
  return all;
}

/** Prints the rate of the long run. */
function tellRate(begun: number, what: string): void {
  if (process.env.TEST_MIGRATE_IMAGES === undefined) return;
  const seconds = (Date.now() - begun) / 1000;
  process.stderr.write(`${IMAGES} images in ${seconds.toFixed(0)} s, verifying included; ${what}`);
}
