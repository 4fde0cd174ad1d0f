import { chmod, mkdir, open, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  backUpEmbeddedStore,
  checkEmbeddedStore,
  openEmbeddedImages,
  openEmbeddedStore,
} from '../../dist/stores/embedded/index.js';
import { holds, put, sampleBytes, sha256 } from '../contracts/samples.js';
import { type OpenStore, temporaryStore } from './folders.js';

let store: OpenStore;
const small = sampleBytes(10_000, 'small');
const large = sampleBytes(200_000, 'large');

beforeEach(async () => {
  store = await temporaryStore();
  await put(store.images, small);
  await put(store.images, large);
});
afterEach(() => store.end());

const fileOf = (digest: string) => path.join(store.folder, 'images', digest.slice(0, 2), `${digest}.png`);

async function longAgo(file: string): Promise<void> {
  await utimes(file, 1_000_000, 1_000_000);
}

function alter(statement: string, ...parameters: unknown[]): void {
  const database = new Sqlite(path.join(store.folder, 'store.db'));
  database.exec('PRAGMA busy_timeout=5000');
  database.prepare(statement).run(parameters);
  database.close();
}

describe('a check', () => {
  const problems = async () =>
    (await checkEmbeddedStore({ folder: store.folder })).problems.map(({ kind, sha256: digest }) => ({
      kind,
      digest,
    }));

  test('finds nothing in a sound store while the service runs', async () => {
    await put(store.images, large);
    expect(await checkEmbeddedStore({ folder: store.folder })).toEqual({
      images: 2,
      uploads: 3,
      bytes: small.length + large.length,
      problems: [],
    });
  });

  test('says how many images there are, and counts each', async () => {
    const seen: string[] = [];
    const progress = { begin: (n: number) => seen.push(`of ${n}`), done: () => seen.push('done') };
    const { images } = await checkEmbeddedStore({ folder: store.folder, progress });
    expect(seen).toEqual([`of ${images}`, ...Array.from({ length: images }, () => 'done')]);
  });

  test('finds a missing file', async () => {
    await rm(fileOf(sha256(large)));
    expect(await problems()).toEqual([{ kind: 'missing', digest: sha256(large) }]);
  });

  test('finds one changed bit in a file', async () => {
    const file = await open(fileOf(sha256(large)), 'r+');
    await file.write(Buffer.of((large[123_456] ?? 0) ^ 1), 0, 1, 123_456);
    await file.close();
    expect(await problems()).toEqual([{ kind: 'damaged', digest: sha256(large) }]);
  });

  test('finds one changed bit in the database', async () => {
    const changed = Buffer.from(small);
    changed.writeUInt8(changed.readUInt8(5_000) ^ 1, 5_000);
    alter('update image set content = ? where content is not null', changed);
    expect(await problems()).toEqual([{ kind: 'damaged', digest: sha256(small) }]);
  });

  test('finds files without a record once they cannot be uploads in progress', async () => {
    const orphan = '0123456789abcdef'.repeat(4);
    await mkdir(path.dirname(fileOf(orphan)), { recursive: true });
    await writeFile(fileOf(orphan), 'orphan');
    expect(await problems()).toEqual([]);
    await longAgo(fileOf(orphan));
    expect(await problems()).toEqual([{ kind: 'orphan', digest: orphan }]);
  });

  test('finds uploads without an image', async () => {
    alter('delete from image where content is null');
    await longAgo(fileOf(sha256(large)));
    expect(await problems()).toEqual([
      { kind: 'orphan', digest: sha256(large) },
      { kind: 'unattached', digest: sha256(large) },
    ]);
  });

  test('finds damage of the database itself', async () => {
    await store.close();
    const { size } = await stat(path.join(store.folder, 'store.db'));
    const file = await open(path.join(store.folder, 'store.db'), 'r+');
    // The last page is one of those that contain the image.
    await file.write(Buffer.alloc(4096, 0xee), 0, 4096, size - 8192);
    await file.close();
    expect((await checkEmbeddedStore({ folder: store.folder })).problems.length).toBeGreaterThan(0);
  });

  test('reports that a folder holds no store, and creates nothing', async () => {
    const folder = path.join(store.folder, 'elsewhere');
    await expect(checkEmbeddedStore({ folder })).rejects.toThrow('has no store.db');
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });
});

describe('a backup', () => {
  test('made during uploads opens as a store with everything that existed before', async () => {
    const to = path.join(store.folder, 'backup');
    let going = true;
    const meanwhile = (async () => {
      for (let index = 0; going; index++)
        await put(store.images, sampleBytes(index % 2 ? 5_000 : 150_000, `on ${index}`));
    })();
    const before = Array.from({ length: 20 }, (_, index) => sampleBytes(index % 2 ? 7_000 : 90_000, index));
    for (const bytes of before) await put(store.images, bytes);
    await store.merchants.saveSetting('public-url', 'https://coupon.example');
    let left = 0;
    const progress = {
      begin: (n: number) => {
        left = n;
      },
      done: () => {
        left -= 1;
      },
    };
    const report = await backUpEmbeddedStore({ folder: store.folder, to, progress });
    expect(left).toBe(0);
    going = false;
    await meanwhile;
    expect(report.missing).toEqual([]);
    expect(report.images).toBeGreaterThanOrEqual(22);
    const checked = await checkEmbeddedStore({ folder: to, now: Date.now() + 86_400_000 });
    expect(checked).toMatchObject({ images: report.images, problems: [] });
    const copy = await openEmbeddedStore({ folder: to });
    for (const bytes of [small, large, ...before]) expect(await holds(copy.images, bytes)).toBe(true);
    expect(await copy.merchants.setting('public-url')).toBe('https://coupon.example');
    await put(copy.images, sampleBytes(9_999, 'goes on'));
    await copy.close();
  });

  test('can be read by its owner alone', async () => {
    const to = path.join(store.folder, 'backup');
    await backUpEmbeddedStore({ folder: store.folder, to });
    for (const name of await readdir(to, { recursive: true })) {
      expect((await stat(path.join(to, name))).mode & 0o077, name).toBe(0);
    }
  });

  test('follows no link that was placed in its folder', async () => {
    const elsewhere = path.join(store.folder, 'elsewhere');
    const to = path.join(store.folder, 'backup');
    for (const name of ['images', 'store.db', 'store.db.incomplete']) {
      await mkdir(elsewhere);
      await mkdir(to);
      await symlink(elsewhere, path.join(to, name));
      await expect(backUpEmbeddedStore({ folder: store.folder, to })).rejects.toThrow('not empty');
      expect(await readdir(elsewhere), name).toEqual([]);
      await rm(to, { recursive: true });
      await rm(elsewhere, { recursive: true });
    }
  });

  test('closes its folder to other users, and does not change a folder that it refuses', async () => {
    const to = path.join(store.folder, 'backup');
    await mkdir(to);
    await chmod(to, 0o777);
    await backUpEmbeddedStore({ folder: store.folder, to });
    expect((await stat(to)).mode & 0o777).toBe(0o700);
    await chmod(to, 0o755);
    await expect(backUpEmbeddedStore({ folder: store.folder, to })).rejects.toThrow('not empty');
    expect((await stat(to)).mode & 0o777).toBe(0o755);
  });

  test('refuses a folder that is not empty', async () => {
    await expect(backUpEmbeddedStore({ folder: store.folder, to: store.folder })).rejects.toThrow(
      'not empty',
    );
  });

  test('of a damaged store copies the rest and reports what is missing', async () => {
    await rm(fileOf(sha256(large)));
    const to = path.join(store.folder, 'backup');
    expect(await backUpEmbeddedStore({ folder: store.folder, to })).toEqual({
      images: 2,
      files: 0,
      missing: [sha256(large)],
    });
    expect(await readdir(to)).toEqual(['images', 'store.db']);
  });

  test('requires a folder with a store', async () => {
    const elsewhere = path.join(store.folder, 'elsewhere');
    await expect(
      backUpEmbeddedStore({ folder: elsewhere, to: path.join(store.folder, 'b') }),
    ).rejects.toThrow('has no store.db');
  });
});

test('images can be read while the service runs', async () => {
  const images = await openEmbeddedImages({ folder: store.folder });
  expect(await holds(images, small)).toBe(true);
  expect(await holds(images, large)).toBe(true);
  expect((await images.uploads({})).uploads).toHaveLength(2);
  await images.close();
});
