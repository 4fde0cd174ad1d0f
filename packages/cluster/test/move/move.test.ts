import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readConfig, startService } from '@coupon-media/server';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useEngines } from '../../../../tools/engines/index.mjs';
import { get, put, sampleBytes, sha256 } from '../../../server/test/contracts/samples.js';
import { type OpenStore, temporaryStore } from '../../../server/test/stores/folders.js';
import {
  migrateToCluster,
  openClusterEngines,
  openClusterImages,
  openClusterMerchants,
} from '../../dist/index.js';
import { rowsOf } from '../../dist/move/rows.js';
import { openTarget } from '../../dist/move/target.js';
import { openPostgres } from '../../dist/postgres/database.js';
import { clusterConfig } from './config.js';

const engines = await useEngines('postgres', 's3', 'redis');
const LARGE = 100_000;
const MERCHANT = {
  id: '1900000001',
  scheme: 'merchant',
  apiV3Key: 'b4f1c1a0d3e24f7f9a4c5e6d7f8091a2',
  enabled: true,
  productCoupon: false,
  quota: 7.5,
  defaultPlatformKeyId: 'PUB_KEY_ID_1',
} as const;
const CERTIFICATES = [
  { serialNo: 'AAAAAAAA', pem: 'first', notBefore: 1, notAfter: 2 },
  { serialNo: 'BBBBBBBB', pem: 'second', notBefore: 3, notAfter: 4, revokedAt: 5 },
];
const KEYS = [
  { id: 'PUB_KEY_ID_1', kind: 'public-key', privateKeyPem: 'p1', publicPem: 'q1' },
  { id: 'PUB_KEY_ID_2', kind: 'public-key', privateKeyPem: 'p2', publicPem: 'q2', retiredAt: 9 },
] as const;

describe('a folder migrated to a cluster', engines.needed, () => {
  let store: OpenStore;
  let database: pg.Client;
  const move = (options = {}) => migrateToCluster({ folder: store.folder, config, ...options });
  let config: ReturnType<typeof clusterConfig>;
  beforeAll(async () => {
    config = clusterConfig(engines);
    database = new pg.Client(engines.postgres.url);
    await database.connect();
  });
  afterAll(() => database.end());

  beforeEach(async () => {
    await database.query('drop schema public cascade; create schema public');
    store = await temporaryStore();
    await store.merchants.saveSetting('public_url', 'https://images.example');
    for (const key of KEYS) await store.merchants.addPlatformKey(key);
    await store.merchants.saveMerchant(MERCHANT);
    for (const certificate of CERTIFICATES) await store.merchants.addCertificate(MERCHANT.id, certificate);
    for (let at = 0; at < 20; at++) await put(store.images, sampleBytes(2000 + at, at));
    await put(store.images, sampleBytes(LARGE, 'large'));
    await put(store.images, sampleBytes(2000, 0), { filename: '又一次.png', merchant: '1900000002' });
  });
  afterEach(() => store.end());

  test('is equal in every record and every byte, and is migrated once', async () => {
    await store.close();
    const all = { images: 21, uploads: 22 };
    const whole = { total: all, serving: false, interrupted: false, left: [], conflicts: [] };
    expect(await move()).toMatchObject({
      ...all,
      ...whole,
      records: 4,
      nonces: 22,
      verified: { ...all, differences: [] },
    });
    expect(await move()).toMatchObject({
      ...whole,
      images: 0,
      bytes: 0,
      uploads: 0,
      records: 0,
      verified: { ...all, differences: [] },
    });

    const marked = path.join(store.folder, 'moved.json');
    expect(await readFile(marked, 'utf8')).not.toContain(
      new URL(config.databaseUrl).password || 'postgres://',
    );
    const service = startService(readConfig({ data: store.folder, port: 0, logLevel: 'silent' }, {}));
    await expect(service).rejects.toMatchObject({ code: 'FOLDER', message: expect.stringContaining(marked) });

    const here = await store.reopen();
    const images = await openClusterImages(config);
    expect(await images.uploads({ limit: 1000 })).toEqual(await here.images.uploads({ limit: 1000 }));
    expect(await get(images, sha256(sampleBytes(LARGE, 'large')))).toEqual(sampleBytes(LARGE, 'large'));
    await images.close();
    const merchants = await openClusterMerchants(config);
    expect(await merchants.merchants()).toEqual([{ ...MERCHANT, certificates: CERTIFICATES }]);
    expect(await merchants.platformKeys()).toEqual(KEYS);
    expect(await merchants.setting('public_url')).toBe('https://images.example');
    await merchants.close();
  });

  test('while it is served: first what exists, and later the rest', async () => {
    const first = await move();
    expect(first).toMatchObject({ images: 21, serving: true, verified: { differences: [] } });
    expect(first).not.toHaveProperty('marked');
    await put(store.images, sampleBytes(3000, 'later'));
    await store.merchants.saveMerchant({ ...MERCHANT, quota: 3 });
    await store.merchants.revokeCertificate(MERCHANT.id, 'AAAAAAAA', 77);
    await store.merchants.retirePlatformKey('PUB_KEY_ID_1', 78);
    await store.close();
    expect(await move()).toMatchObject({
      images: 1,
      uploads: 1,
      records: 2,
      serving: false,
      verified: { images: 22, uploads: 23, differences: [] },
    });
    const merchants = await openClusterMerchants(config);
    expect(await merchants.merchant(MERCHANT.id)).toMatchObject({
      quota: 3,
      certificates: [{ revokedAt: 77 }, { revokedAt: 5 }],
    });
    expect(await merchants.platformKeys()).toMatchObject([{ retiredAt: 78 }, { retiredAt: 9 }]);
    await merchants.close();
  });

  test('keeps what has changed in the cluster since, and reports what has changed on both sides', async () => {
    await move();
    const merchants = await openClusterMerchants(config);
    await merchants.saveMerchant({ ...MERCHANT, enabled: false });
    expect(await move()).toMatchObject({ records: 0, conflicts: [], verified: { differences: [] } });
    await store.merchants.saveMerchant({ ...MERCHANT, quota: 1 });
    expect(await move()).toMatchObject({ records: 0, conflicts: [`merchant ${MERCHANT.id}`] });
    expect(await merchants.merchant(MERCHANT.id)).toMatchObject({ enabled: false, quota: 7.5 });
    await merchants.close();
  });

  test('leaves a damaged image behind with its uploads until the image is repaired', async () => {
    const large = sampleBytes(LARGE, 'large');
    const digest = sha256(large);
    await rm(path.join(store.folder, 'images', digest.slice(0, 2), `${digest}.png`));
    const left = [{ sha256: digest, detail: { en: expect.stringContaining(`${digest}.png`) } }];
    const rest = { images: 20, uploads: 21, differences: [] };
    expect(await move()).toMatchObject({ images: 20, uploads: 21, left, verified: rest });
    expect(await move()).toMatchObject({ images: 0, uploads: 0, left, verified: rest });
    // Uploading the image again repairs it.
    await put(store.images, large);
    expect(await move()).toMatchObject({
      images: 1,
      uploads: 2,
      left: [],
      verified: { images: 21, uploads: 23, differences: [] },
    });
  });

  test('does not migrate bytes whose digest is wrong', async () => {
    const digest = sha256(sampleBytes(LARGE, 'large'));
    const file = path.join(store.folder, 'images', digest.slice(0, 2), `${digest}.png`);
    await writeFile(file, sampleBytes(LARGE, 'other'));
    expect(await move()).toMatchObject({
      images: 20,
      left: [{ sha256: digest, detail: { en: expect.stringContaining('not the bytes that were uploaded') } }],
    });
  });

  test('the verification finds a record that differs, a missing record, and an object with other bytes', async () => {
    await move({ verify: false });
    const [first, second, third] = [0, 1, 2].map((at) => sampleBytes(2000 + at, at));
    const digests = [first, second, third].map((bytes) => sha256(bytes as Buffer));
    await database.query("update upload set filename = 'other.png' where filename = '又一次.png'");
    await database.query('delete from upload where sha256 = $1', [Buffer.from(digests[1] ?? '', 'hex')]);
    await database.query('update image set width = 7 where sha256 = $1', [
      Buffer.from(digests[2] ?? '', 'hex'),
    ]);
    await putInPlaceOf(digests[0] ?? '', sampleBytes(2000, 'other'));
    const { verified } = await move();
    expect(verified?.differences.map(({ what, id }) => [what, id])).toEqual(
      expect.arrayContaining([
        ['object', digests[0]],
        ['image', digests[2]],
      ]),
    );
    expect(verified?.differences.filter(({ what }) => what === 'upload')).toMatchObject([
      { detail: { en: 'missing', 'zh-CN': '缺失' } },
      { detail: { en: 'filename is other.png, and 又一次.png in the folder' } },
    ]);
  });

  test('a stopped run ends after its batch, and the next run continues', async () => {
    const stopping = new AbortController();
    const stop = { begin: () => {}, moved: () => {}, done: () => stopping.abort() };
    const first = await move({ signal: stopping.signal, progress: stop });
    expect(first).toMatchObject({ images: 21, uploads: 0, nonces: 0, interrupted: true });
    expect(first.verified).toBeUndefined();
    expect(await move()).toMatchObject({ images: 0, uploads: 22, interrupted: false });
  });

  test('of two simultaneous runs, one ends with the reason or both succeed', async () => {
    const runs = await Promise.allSettled([move(), move()]);
    const failed = runs.filter(({ status }) => status === 'rejected');
    expect(failed.length).toBeLessThan(2);
    for (const { reason } of failed as PromiseRejectedResult[])
      expect(reason).toMatchObject({ code: 'MIGRATION', message: expect.stringContaining('another run') });
    expect(await move()).toMatchObject({ verified: { images: 21, uploads: 22, differences: [] } });
    const { rows } = await database.query('select count(*)::int as uploads from upload');
    expect(rows).toEqual([{ uploads: 22 }]);
  });

  test('a step that is repeated after a lost response writes nothing twice, and a step that was taken over writes nothing', async () => {
    const postgres = await openPostgres(config);
    const rows = rowsOf(postgres);
    const upload = {
      id: 1,
      merchant: MERCHANT.id,
      filename: 'a.png',
      sha256: Buffer.alloc(32),
      at: 1_700_000_000_000,
      requestId: 'request',
    };
    const first = await openTarget(rows);
    const step = { name: 'upload', from: undefined, to: '1 request' };
    await first.addUploads([upload], step);
    await first.addUploads([upload], step);
    await expect(first.addUploads([upload], { ...step, to: '2 other' })).rejects.toMatchObject({
      code: 'MIGRATION',
    });
    expect(await first.uploads([upload])).toEqual(
      new Map([['request', { ...upload, id: expect.any(Number) }]]),
    );
    const second = await openTarget(rows);
    const next = { name: 'upload', from: '1 request', to: '2 next' };
    await expect(first.addUploads([{ ...upload, requestId: 'next' }], next)).rejects.toMatchObject({
      code: 'MIGRATION',
      message: expect.stringContaining('taken over'),
    });
    expect(await second.marks.get('upload')).toBe('1 request');
    const { rows: counted } = await database.query('select count(*)::int as uploads from upload');
    expect(counted).toEqual([{ uploads: 1 }]);
    await postgres.close();
  });

  test('the nodes refuse requests that the old service has answered', async () => {
    // Redis begins to remember here. Requests that were signed before are refused for that reason alone.
    const node = await openClusterEngines(config, { log: { info() {}, warn() {} } });
    await expect.poll(() => node.ready().then(() => 'ready', String), { timeout: 20_000 }).toBe('ready');
    const second = Math.floor(Date.now() / 1000);
    const used = [second, second + 200].map((signedAt) => nonceOf('used', signedAt));
    for (const nonce of used) await store.nonces.remember(nonce);
    // The service may still release a nonce, so none is migrated before the service has stopped.
    expect(await move()).toMatchObject({ nonces: 0, serving: true });
    await store.close();
    expect(await move()).toMatchObject({ nonces: 24, serving: false });
    for (const nonce of used) expect(await node.nonces.reserve({ ...nonce })).toBe(false);
    expect(await node.nonces.reserve(nonceOf('fresh', second))).toBe(true);
    await node.close();
  });

  describe('is refused', () => {
    test('if the cluster was in service before', async () => {
      const merchants = await openClusterMerchants(config);
      await merchants.addPlatformKey(KEYS[0]);
      await merchants.close();
      await expect(move()).rejects.toMatchObject({
        code: 'MIGRATION',
        message: expect.stringContaining('has already been in service'),
      });
    });

    test('if its images have other URLs, and then nothing is migrated', async () => {
      const merchants = await openClusterMerchants(config);
      await merchants.saveSetting('public_url', 'https://other.example');
      await expect(move()).rejects.toMatchObject({
        code: 'MIGRATION',
        message: expect.stringMatching(
          /https:\/\/images\.example.*the cluster keeps https:\/\/other\.example/,
        ),
      });
      await expect(move({ config: { ...config, publicUrl: 'https://third.example' } })).rejects.toThrow();
      expect(await merchants.merchants()).toEqual([]);
      await merchants.close();
    });

    test('if another folder was migrated to it', async () => {
      await move();
      const other = await temporaryStore();
      for (let at = 0; at < 30; at++) await put(other.images, sampleBytes(2000, `other ${at}`));
      await expect(move({ folder: other.folder })).rejects.toMatchObject({
        code: 'MIGRATION',
        message: expect.stringContaining('was migrated to this cluster'),
      });
      await other.end();
    });

    test('if there is no store', async () => {
      await expect(move({ folder: path.join(store.folder, 'images') })).rejects.toMatchObject({
        code: 'MIGRATION',
      });
    });
  });
});

function nonceOf(nonce: string, signedAt: number) {
  return { key: `1900000001 AAAAAAAA ${nonce} ${signedAt}`, expiresAt: signedAt + 300 };
}

/** Puts other bytes under an image's name, which no regular client could do. */
async function putInPlaceOf(digest: string, bytes: Buffer): Promise<void> {
  const { endpoint, region, bucket } = engines.s3;
  const client = new S3Client({ endpoint, region, forcePathStyle: true });
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: `images/${digest}.png`, Body: bytes }));
  client.destroy();
}
