import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requireEngines, startCeph, startPostgres } from '../../../../tools/engines/index.mjs';
import { holds, put, sampleBytes, sha256 } from '../../../server/test/contracts/samples.js';
import { checkClusterStore } from '../../dist/administration.js';
import type { ClusterStore } from '../../dist/store.js';
import { type OpenCluster, temporaryCluster } from './clusters.js';
import { startProxy } from './proxy.js';

// Takes 35 s: it starts and stops its own Ceph and PostgreSQL.

const { needed } = await requireEngines('postgres', 's3');

/** Milliseconds that one call may take here. */
const DEADLINE = 1500;
/** A killed gateway would delay its successor by half a minute. */
const NO_WATCHING = { 'rgw cache enabled': 'false' };
/** A key for encryption in the gateway's configuration, which only tests use. */
const KMS = {
  'rgw crypt s3 kms backend': 'testing',
  'rgw crypt s3 kms encryption keys': `key-of-the-tests=${Buffer.alloc(32, 'k').toString('base64')}`,
};

const SMALL = 10_000;
const LARGE = 300_000;

describe('with engines of its own, a cluster', needed, () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let ceph: Awaited<ReturnType<typeof startCeph>>;
  let cluster: OpenCluster;
  let count = 0;

  beforeAll(async () => {
    [postgres, ceph] = await Promise.all([
      startPostgres(),
      startCeph({ settings: { ...NO_WATCHING, ...KMS } }),
    ]);
    // A new gateway creates what it needs at the first request, which takes a while.
    await ceph.createBucket('first');
    const s3 = { ...ceph, bucket: 'first' };
    const first = await temporaryCluster({ engineDeadlineMs: 30_000 }, { postgres, s3 });
    await put(first.images, sampleBytes(LARGE, 'first'));
    await first.end();
  }, 120_000);
  afterAll(async () => {
    await Promise.all([postgres?.stop(), ceph?.stop()]);
  });

  beforeEach(async () => {
    count += 1;
    const bucket = `failures-${count}`;
    await ceph.createBucket(bucket);
    const url = await postgres.createDatabase(`failures_${count}`);
    cluster = await temporaryCluster(
      { engineDeadlineMs: DEADLINE },
      { postgres: { url }, s3: { ...ceph, bucket } },
    );
  });
  afterEach(() => cluster.end());

  /** Uploads until one succeeds, as clients do. */
  async function untilTaken(bytes: Buffer): Promise<void> {
    await expect
      .poll(() => put(cluster.images, bytes).then(() => true, String), { timeout: 20_000 })
      .toBe(true);
  }

  test('makes S3 encrypt images with the configured key', async () => {
    const node = await cluster.reopen({ s3Encryption: 'aws:kms', s3KmsKeyId: 'key-of-the-tests' });
    for (const size of [SMALL, LARGE]) {
      const bytes = sampleBytes(size, 'encrypted');
      await put(node.images, bytes);
      expect(await cluster.bucket.head(`images/${sha256(bytes)}.png`)).toMatchObject({
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: 'key-of-the-tests',
        ContentType: 'image/png',
        CacheControl: 'public, max-age=31536000, immutable',
      });
      expect(await holds(cluster.images, bytes)).toBe(true);
    }
    const plain = sampleBytes(SMALL, 'plain');
    await put(cluster.images, plain);
    const { ServerSideEncryption } = await cluster.bucket.head(`images/${sha256(plain)}.png`);
    expect(ServerSideEncryption).toBeUndefined();
    const unknown = { s3Encryption: 'aws:kms', s3KmsKeyId: 'nobody-has-it' } as const;
    await expect(cluster.reopen(unknown)).rejects.toMatchObject({
      code: 'STORE',
      message: expect.stringMatching(/^S3 bucket "failures-\d+" at .*\(4\d\d\)/),
    });
  });

  test.each([SMALL, LARGE])(
    'uploads of %i bytes are refused while S3 is stopped, and succeed afterwards',
    async (size) => {
      const [before, during, after] = ['before', 'during', 'after'].map((seed) =>
        sampleBytes(size, seed),
      ) as [Buffer, Buffer, Buffer];
      await put(cluster.images, before);
      await ceph.kill();
      await expect(put(cluster.images, during)).rejects.toMatchObject({ code: 'STORE' });
      await expect(cluster.images.ready()).rejects.toMatchObject({ code: 'STORE' });
      expect((await cluster.images.uploads({})).uploads).toHaveLength(1);
      await ceph.restart();
      await untilTaken(after);
      expect(await cluster.images.read(sha256(during))).toBeUndefined();
      for (const bytes of [before, after]) expect(await holds(cluster.images, bytes)).toBe(true);
      await expect
        .poll(() => cluster.images.ready().then(() => 'ready', String), { timeout: 20_000 })
        .toBe('ready');
    },
  );

  test('uploads are refused at the deadline while S3 hangs', async () => {
    ceph.pause();
    try {
      await expect(put(cluster.images, sampleBytes(LARGE, 'hangs'))).rejects.toMatchObject({
        code: 'STORE',
        cause: expect.objectContaining({ code: 'DEADLINE' }),
      });
    } finally {
      ceph.resume();
    }
    await untilTaken(sampleBytes(LARGE, 'goes on'));
  });

  test('a check that S3 fails in the middle of ends, and says so once; nothing counts as missing', async () => {
    const images = Array.from({ length: 150 }, (_, at) => sampleBytes(100, `checked ${at}`));
    for (const bytes of images) await put(cluster.images, bytes);
    const progress = { begin() {}, done: () => ceph.pause() };
    try {
      const { problems } = await checkClusterStore(cluster.options, { deep: true, progress });
      expect(new Set(problems.map(({ kind }) => kind))).toEqual(new Set(['unreadable']));
      expect(
        problems.filter(({ detail }) => /^the images: S3: s3 did not respond/.test(detail.en)),
      ).toHaveLength(1);
      // The others were being read when it stopped.
      expect(problems.length).toBeLessThan(images.length / 2);
    } finally {
      ceph.resume();
    }
    await untilTaken(sampleBytes(SMALL, 'after the check'));
    expect(await checkClusterStore(cluster.options, { deep: true })).toMatchObject({ problems: [] });
  });

  test('images are served and uploads refused while PostgreSQL is stopped; both succeed afterwards', async () => {
    const bytes = sampleBytes(LARGE, 'served');
    await put(cluster.images, bytes);
    await postgres.kill();
    const stored = await cluster.images.read(sha256(bytes), 'png');
    const content = stored?.content();
    if (!content || Buffer.isBuffer(content)) throw new Error('no stream');
    expect(Buffer.concat(await content.toArray()).equals(bytes)).toBe(true);
    await expect(put(cluster.images, sampleBytes(SMALL, 'refused'))).rejects.toMatchObject({ code: 'STORE' });
    await expect(cluster.images.ready()).rejects.toMatchObject({ code: 'STORE' });
    await expect.poll(readVersion, { timeout: 10_000 }).toBe('STORE');
    await postgres.restart();
    await untilTaken(sampleBytes(SMALL, 'refused'));
    expect((await cluster.images.uploads({})).uploads).toHaveLength(2);
    await expect.poll(readVersion, { timeout: 10_000 }).toBe(0);
  });

  function readVersion(): unknown {
    try {
      return cluster.merchants.version();
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  test('uploads are refused at the deadline while PostgreSQL hangs, and no connection stays blocked', async () => {
    await put(cluster.images, sampleBytes(SMALL, 'warm'));
    postgres.pause();
    try {
      const uploads = Array.from({ length: 12 }, (_, index) =>
        put(cluster.images, sampleBytes(SMALL, index)),
      );
      for (const outcome of await Promise.allSettled(uploads)) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { code: 'STORE', cause: { name: 'EngineError' } },
        });
      }
      await expect.poll(() => cluster.pool().total, { timeout: 10_000 }).toBe(0);
    } finally {
      postgres.resume();
    }
    await untilTaken(sampleBytes(SMALL, 'after'));
  });

  test('an upload whose response was lost is recorded once', async () => {
    const proxy = await startProxy(postgres.port);
    const url = new URL(cluster.options.databaseUrl);
    url.port = String(proxy.port);
    const node = await cluster.reopen({ databaseUrl: url.href, databaseMaxConnections: 1 });
    try {
      for (const size of [SMALL, LARGE]) {
        const { uploads: before } = await cluster.images.uploads({});
        await put(node.images, sampleBytes(size, 'warm'));
        proxy.cutAfter(0); // PostgreSQL has executed the statement, and its response is lost
        await put(node.images, sampleBytes(size, 'lost'));
        expect(proxy.cuts()).toBe(size === SMALL ? 1 : 2);
        const { uploads } = await cluster.images.uploads({});
        expect(uploads.length - before.length).toBe(2);
      }
    } finally {
      await node.close();
      await proxy.close();
    }
  });

  test('a stream ends with an error if S3 stops in the middle, but not if the reader is slow', async () => {
    const bytes = sampleBytes(2_097_152, 'stream');
    const proxy = await startProxy(ceph.port);
    const node = await cluster.reopen({ s3Endpoint: `http://127.0.0.1:${proxy.port}` });
    try {
      await put(node.images, bytes);
      const slow = await contentOf(node, bytes);
      const chunks: Buffer[] = [];
      const until = Date.now() + 2 * DEADLINE;
      for await (const chunk of slow) {
        chunks.push(chunk as Buffer);
        // This pause is longer than the deadline, but a slow reader does not count against the store.
        if (chunks.length === 1) await expect.poll(() => Date.now() > until, { timeout: 10_000 }).toBe(true);
      }
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);

      const stalled = await contentOf(node, bytes);
      proxy.stallAfter(1_000_000);
      await expect(stalled.toArray()).rejects.toThrow(`S3 sent nothing for ${DEADLINE} ms`);
      const cut = await contentOf(node, bytes);
      proxy.cutAfter(1_000_000);
      await expect(cut.toArray()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    } finally {
      await node.close();
      await proxy.close();
    }
  });

  async function contentOf({ images }: Pick<ClusterStore, 'images'>, bytes: Buffer): Promise<Readable> {
    const content = (await images.read(sha256(bytes), 'png'))?.content();
    if (!content || Buffer.isBuffer(content)) throw new Error('no stream');
    return content;
  }
});
