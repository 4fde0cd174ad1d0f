import { readdirSync, readlinkSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useEngines } from '../../../../tools/engines/index.mjs';
import { additionContract } from '../../../server/test/contracts/addition.js';
import { databaseContract } from '../../../server/test/contracts/database.js';
import { imageStoreContract } from '../../../server/test/contracts/image-store.js';
import { nonceWindowContract } from '../../../server/test/contracts/limits.js';
import { merchantStoreContract } from '../../../server/test/contracts/merchant-store.js';
import { get, holds, put, sampleBytes, sha256, uploadOf } from '../../../server/test/contracts/samples.js';
import { checkClusterStore, openClusterImages, openClusterMerchants } from '../../dist/administration.js';
import { openClusterStore } from '../../dist/store.js';
import { type OpenCluster, temporaryCluster } from './clusters.js';

// Takes 20 s: the engines start, and three nodes open stores.

const engines = await useEngines('postgres', 's3');

const EMPTY = Buffer.alloc(0);

/** @returns where a link of /proc leads, or nothing for a descriptor that was closed meanwhile */
function linkOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

describe('PostgreSQL and S3', engines.needed, () => {
  imageStoreContract('the store of a cluster', async () => {
    const cluster = await temporaryCluster();
    return { store: cluster.images, reopen: async () => (await cluster.reopen()).images, end: cluster.end };
  });

  imageStoreContract('the store of a cluster without memory for long images', async () => {
    const cluster = await temporaryCluster({}, undefined, 0);
    return { store: cluster.images, reopen: async () => (await cluster.reopen()).images, end: cluster.end };
  });

  merchantStoreContract('the store of a cluster', async () => {
    const cluster = await temporaryCluster();
    const administration = await openClusterMerchants(cluster.options);
    return {
      store: cluster.merchants,
      reopen: async () => administration,
      async end() {
        await administration.close();
        await cluster.end();
      },
    };
  });

  databaseContract('the store of a cluster', async () => {
    const cluster = await temporaryCluster();
    return {
      database: cluster.database,
      other: async () => (await cluster.reopen()).database,
      end: cluster.end,
    };
  });

  additionContract('the store of a cluster', async () => {
    const { images, database, end } = await temporaryCluster();
    return { images, database, end };
  });

  describe('a cluster', () => {
    let cluster: OpenCluster;
    beforeEach(async () => {
      cluster = await temporaryCluster();
    });
    afterEach(() => cluster.end());

    const SMALL = 10_000;
    const LARGE = 300_000;
    const keyOf = (bytes: Buffer) => `images/${sha256(bytes)}.png`;
    const count = async (table: 'image' | 'upload') =>
      Number((await cluster.sql<{ count: string }>(`select count(*) from ${table}`))[0]?.count);

    test.each([SMALL, LARGE])('accepts the same %i bytes from two nodes at once', async (size) => {
      const other = await cluster.reopen();
      const bytes = sampleBytes(size, 'both');
      const stores = [cluster.images, other.images];
      await Promise.all(stores.flatMap((store) => Array.from({ length: 8 }, () => put(store, bytes))));
      for (const store of stores) expect(await holds(store, bytes)).toBe(true);
      expect(await cluster.bucket.keys()).toEqual([keyOf(bytes)]);
      expect([await count('image'), await count('upload')]).toEqual([1, 16]);
    });

    test('starts several nodes on an empty database at once', async () => {
      const { postgres, s3 } = await useEngines('postgres', 's3');
      const options = { ...cluster.options, databaseUrl: postgres.url, s3Bucket: s3.bucket };
      const nodes = await Promise.all(Array.from({ length: 4 }, () => openClusterStore(options)));
      const bytes = sampleBytes(SMALL, 'first');
      await Promise.all(nodes.map(({ images }) => put(images, bytes)));
      for (const { images } of nodes) expect((await images.uploads({})).uploads).toHaveLength(4);
      for (const node of nodes) await node.close();
    });

    test('needs no right to create tables if they exist', async () => {
      const role = `plain_${path.basename(new URL(cluster.options.databaseUrl).pathname).replaceAll('-', '_')}`;
      await cluster.sql(`create role "${role}" login`);
      await cluster.sql(`grant select, insert, update, delete on all tables in schema public to "${role}"`);
      const url = new URL(cluster.options.databaseUrl);
      url.username = role;
      const store = await cluster.reopen({ databaseUrl: url.href });
      await put(store.images, sampleBytes(SMALL, 'plain'));
      await store.images.ready();
      await store.close();
      await cluster.sql(`drop owned by "${role}"`);
      await cluster.sql(`drop role "${role}"`);
    });

    test('is not opened by software older than its schema', async () => {
      await cluster.sql(`insert into kysely_migration (name, timestamp) values ('999-of-tomorrow', 'now')`);
      await expect(cluster.reopen()).rejects.toMatchObject({
        code: 'STORE',
        message: expect.stringMatching(/newer version of this software.*999-of-tomorrow/),
      });
    });

    test('records an upload once, however often it is repeated', async () => {
      const bytes = sampleBytes(SMALL, 'repeated');
      const upload = uploadOf(bytes);
      for (const _ of [1, 2]) {
        const draft = cluster.images.draft();
        await draft.write(bytes);
        await draft.commit(upload);
      }
      expect((await cluster.images.uploads({})).uploads).toHaveLength(1);
    });

    describe.each([SMALL, LARGE])('fails between bytes and rows in one way only (%i bytes)', (size) => {
      const bytes = sampleBytes(size, 'apart');

      test('bytes that S3 rejects have no row', async () => {
        const draft = cluster.images.draft();
        await draft.write(bytes);
        const wrong = 'a'.repeat(64);
        await expect(draft.commit(uploadOf(bytes, { sha256: wrong }))).rejects.toMatchObject({
          code: 'STORE',
          // Swift 2.30 has the second name for the same.
          cause: expect.objectContaining({
            name: expect.stringMatching(/^(XAmzContentSHA256Mismatch|BadDigest)$/),
          }),
        });
        expect(await cluster.bucket.keys()).toEqual([]);
        expect([await count('image'), await count('upload')]).toEqual([0, 0]);
      });

      test('bytes whose row PostgreSQL rejects can be uploaded again', async () => {
        await cluster.sql(`alter table upload add constraint full_up check (merchant = 'nobody')`);
        await expect(put(cluster.images, bytes)).rejects.toMatchObject({
          code: 'STORE',
          cause: expect.objectContaining({ code: '23514' }),
        });
        expect(await cluster.bucket.keys()).toEqual([keyOf(bytes)]);
        expect([await count('image'), await count('upload')]).toEqual([0, 0]);
        expect(await cluster.images.read(sha256(bytes))).toBeUndefined();
        await cluster.sql('alter table upload drop constraint full_up');
        await put(cluster.images, bytes);
        expect(await holds(cluster.images, bytes)).toBe(true);
      });

      test('a row whose bytes were lost is reported, and repaired by the next upload', async () => {
        await put(cluster.images, bytes);
        await cluster.bucket.remove(keyOf(bytes));
        for (const kind of [undefined, 'png'] as const) {
          await expect(cluster.images.read(sha256(bytes), kind)).rejects.toMatchObject({
            code: 'STORE',
            cause: expect.objectContaining({ message: `${keyOf(bytes)} is missing` }),
          });
        }
        await put(cluster.images, bytes);
        expect(await holds(cluster.images, bytes)).toBe(true);
      });

      test('a row whose bytes were truncated is reported, and repaired by the next upload', async () => {
        await put(cluster.images, bytes);
        await cluster.bucket.put(keyOf(bytes), bytes.subarray(1));
        await expect(cluster.images.read(sha256(bytes))).rejects.toMatchObject({
          cause: expect.objectContaining({ message: expect.stringMatching(`bytes of ${size}`) }),
        });
        await put(cluster.images, bytes);
        expect(await holds(cluster.images, bytes)).toBe(true);
      });
    });

    test('returns an image by its kind, and never as another kind', async () => {
      const bytes = sampleBytes(LARGE, 'kind');
      await put(cluster.images, bytes, { kind: 'jpg' });
      const stored = await cluster.images.read(sha256(bytes), 'jpg');
      expect(stored).toMatchObject({ kind: 'jpg', size: LARGE });
      expect(await cluster.images.read(sha256(bytes), 'png')).toBeUndefined();
      expect(await cluster.images.read('0'.repeat(64), 'png')).toBeUndefined();
    });

    test('requests the bytes of an image only when they are read, and can be stopped', async () => {
      const bytes = sampleBytes(2_097_152, 'lazy');
      await put(cluster.images, bytes);
      const stored = await cluster.images.read(sha256(bytes), 'png');
      for (let index = 0; index < 200; index++) {
        const content = stored?.content();
        if (!content || Buffer.isBuffer(content)) throw new Error('no stream');
        if (index % 2) await new Promise((resolve) => content.once('readable', resolve));
        content.destroy();
      }
      // If 200 streams stayed open, they would hold all connections to S3.
      expect(await holds(cluster.images, bytes)).toBe(true);
      await cluster.bucket.remove(keyOf(bytes));
      await expect(get(cluster.images, sha256(bytes))).rejects.toMatchObject({ code: 'STORE' });
      const gone = stored?.content();
      await expect(gone && !Buffer.isBuffer(gone) && gone.toArray()).rejects.toMatchObject({
        name: 'NoSuchKey',
      });
    });

    test('holds long images in memory while there is room, and spools further ones', async () => {
      const node = await openClusterStore(cluster.options, undefined, LARGE);
      const files = () => readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`));
      const spools = () => files().filter((file) => file.startsWith(cluster.options.uploadTempDir)).length;
      const images = ['held', 'spooled', 'held again'].map((seed) => sampleBytes(LARGE, seed));
      const [held, spooled, again] = images.map(() => node.images.draft());
      await held?.write(images[0] ?? EMPTY);
      expect(spools()).toBe(0);
      await spooled?.write(images[1] ?? EMPTY);
      expect(spools()).toBe(1);
      await held?.commit(uploadOf(images[0] ?? EMPTY));
      await again?.write(images[2] ?? EMPTY);
      expect(spools()).toBe(1);
      await Promise.all([spooled?.commit(uploadOf(images[1] ?? EMPTY)), again?.discard()]);
      expect(spools()).toBe(0);
      for (const bytes of images.slice(0, 2)) expect(await holds(node.images, bytes)).toBe(true);
      await node.close();
    });

    test('spools to files without names, and removes only its own', async () => {
      const { uploadTempDir: scratch } = cluster.options;
      const leftover = path.join(scratch, 'coupon-media-00000000-0000-4000-8000-000000000000.part');
      const foreign = path.join(scratch, 'coupon-media-notes.txt');
      await writeFile(leftover, '');
      await writeFile(foreign, '');
      const other = await openClusterStore(cluster.options, undefined, 0);
      const bytes = sampleBytes(LARGE, 'spooled');
      const draft = other.images.draft();
      await draft.write(bytes.subarray(0, 200_000));
      expect(await readdir(scratch)).toEqual([path.basename(foreign)]);
      // A starting node removes nothing of another.
      await (await cluster.reopen()).close();
      await draft.write(bytes.subarray(200_000));
      await draft.commit(uploadOf(bytes));
      await other.close();
      expect(await holds(cluster.images, bytes)).toBe(true);
    });

    test('creates its scratch folder with owner-only permissions', async () => {
      const scratch = path.join(cluster.options.uploadTempDir, 'deeper', 'still');
      await cluster.reopen({ uploadTempDir: scratch });
      expect((await stat(scratch)).mode & 0o777).toBe(0o700);
      await writeFile(path.join(scratch, 'file'), '');
      await expect(cluster.reopen({ uploadTempDir: path.join(scratch, 'file') })).rejects.toMatchObject({
        code: 'STORE',
        message: expect.stringMatching(/scratch folder .*file cannot be used/),
      });
    });

    test('is not ready on a read-only database', async () => {
      const name = new URL(cluster.options.databaseUrl).pathname.slice(1);
      await cluster.sql(`alter database "${name}" set default_transaction_read_only = on`);
      const node = await cluster.reopen();
      await expect(node.images.ready()).rejects.toMatchObject({
        code: 'STORE',
        message: 'PostgreSQL takes no uploads: the server is read-only',
      });
    });

    test('keeps the durable nonces', async () => {
      const other = await cluster.reopen();
      const [mine, another] = [
        { key: 'a', expiresAt: 4_000_000_000 },
        { key: 'a', expiresAt: 4_000_000_000 },
      ];
      expect(await cluster.nonces.reserve(mine)).toBe(true);
      expect(await other.nonces.reserve(another)).toBe(false);
      await other.nonces.release(another, false);
      expect(await other.nonces.reserve(another)).toBe(false);
      await cluster.nonces.release(mine, false);
      expect(await other.nonces.reserve(another)).toBe(true);
    });

    nonceWindowContract(() => cluster.nonces);

    describe('lists uploads', () => {
      test('so that each upload of the first page appears once, while others arrive at other nodes', async () => {
        const other = await cluster.reopen();
        const there = Array.from({ length: 30 }, (_, index) => `there-${index}.png`);
        for (const filename of there) await put(cluster.images, sampleBytes(100, 'list'), { filename });
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const late = [cluster.images, other.images].map((store, node) =>
            put(store, sampleBytes(100, 'list'), { filename: `late-${node}-${seen.length}.png` }),
          );
          const page = await other.images.uploads({ limit: 4, ...(cursor !== undefined && { cursor }) });
          await Promise.all(late);
          seen.push(...page.uploads.map(({ filename }) => filename));
          cursor = page.next;
        } while (cursor !== undefined);
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((filename) => filename.startsWith('there'))).toEqual(there.toReversed());
      });
    });

    describe('is checked', () => {
      const [kept, lost, short, changed, stray] = ['kept', 'lost', 'short', 'changed', 'stray'].map((seed) =>
        sampleBytes(SMALL, seed),
      ) as [Buffer, Buffer, Buffer, Buffer, Buffer];
      /** Two hours later, so that nothing can be an upload in progress. */
      const later = () => Date.now() + 7_200_000;

      beforeEach(async () => {
        for (const bytes of [kept, lost, short, changed]) await put(cluster.images, bytes);
      });

      test('and a sound store has no findings', async () => {
        const report = { images: 4, uploads: 4, bytes: 4 * SMALL, problems: [] };
        expect(await checkClusterStore(cluster.options)).toEqual(report);
        let left = 0;
        const progress = {
          begin: (n: number) => {
            left = n;
          },
          done: () => {
            left -= 1;
          },
        };
        const deep = { deep: true, now: later(), progress };
        expect(await checkClusterStore(cluster.options, deep)).toEqual(report);
        expect(left).toBe(0);
      });

      test('and missing, truncated, changed and unrecorded objects are reported', async () => {
        await cluster.bucket.remove(keyOf(lost));
        await cluster.bucket.put(keyOf(short), short.subarray(1));
        await cluster.bucket.put(keyOf(changed), kept);
        await cluster.bucket.put(keyOf(stray), stray);
        await cluster.bucket.put('images/notes.txt', stray);
        await cluster.sql('delete from image where sha256 = $1', [Buffer.from(sha256(kept), 'hex')]);
        const found = async (how: object) =>
          (await checkClusterStore(cluster.options, how)).problems
            .map(({ kind, detail }) => `${kind} ${detail.en}`)
            .sort();
        const [unattached = ''] = (await found({})).filter((problem) => problem.startsWith('unattached'));
        expect(unattached).toMatch(/^unattached upload \d+$/);
        const broken = [`damaged ${keyOf(short)}`, `missing ${keyOf(lost)}`, unattached];
        const orphans = [keyOf(kept), keyOf(stray), 'images/notes.txt'].map((key) => `orphan ${key}`);
        expect(await found({})).toEqual(broken.toSorted());
        expect(await found({ now: later() })).toEqual([...broken, ...orphans].toSorted());
        expect(await found({ deep: true })).toEqual([...broken, `damaged ${keyOf(changed)}`].toSorted());
      });
    });

    test('can be read by a process that does not serve it', async () => {
      const bytes = sampleBytes(LARGE, 'read');
      await put(cluster.images, bytes);
      const reader = await openClusterImages(cluster.options);
      expect(await holds(reader, bytes)).toBe(true);
      expect((await reader.uploads({})).uploads).toHaveLength(1);
      await reader.close();
    });
  });
});
