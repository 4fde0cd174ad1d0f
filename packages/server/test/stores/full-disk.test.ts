import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type EmbeddedStore,
  openEmbeddedMerchants,
  openEmbeddedStore,
} from '../../dist/stores/embedded/index.js';
import { holds, put, sampleBytes, sha256 } from '../contracts/samples.js';
import { temporaryFolder } from './folders.js';
import { needing, output } from './processes.js';

describe('on a separate disk', needing({ root: true }), () => {
  let folder: string;
  let remove: () => Promise<void>;
  let store: EmbeddedStore | undefined;
  const mounted: string[] = [];

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    await mkdir(folder);
  });
  afterEach(async () => {
    await store?.close();
    for (const place of mounted.splice(0).reverse()) output('umount', '--lazy', place);
    await remove();
  });

  function mount(place: string, ...options: string[]): void {
    output('mount', ...options, place);
    mounted.push(place);
  }

  test('a record that finds no space says so in both languages', async () => {
    mount(folder, '-t', 'tmpfs', '-o', 'size=400k', 'tmpfs');
    const records = await openEmbeddedMerchants({ folder });
    const fill = async () => {
      for (let at = 0; ; at++) await records.saveSetting(`filling ${at}`, 'x'.repeat(4000));
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'STORE',
      texts: { en: 'store.db: no space is left on the disk', 'zh-CN': 'store.db：磁盘空间不足' },
    });
    await records.close();
  });

  describe.each([
    ['small', 30_000, 'SQLITE_FULL'],
    ['large', 500_000, 'ENOSPC'],
  ])('when no space is left for %s images', (_, size, code) => {
    test('uploads fail, existing images are served, and everything works again once there is space', async () => {
      mount(folder, '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs');
      store = await openEmbeddedStore({ folder });
      const kept: Buffer[] = [];
      const refused: Buffer[] = [];
      const failures: unknown[] = [];
      for (let index = 0; refused.length < 5; index++) {
        const bytes = sampleBytes(size, index);
        await put(store.images, bytes).then(
          () => kept.push(bytes),
          (error) => {
            refused.push(bytes);
            failures.push(error);
          },
        );
      }
      expect(kept.length).toBeGreaterThan(3);
      for (const failure of failures) expect(failure).toMatchObject({ cause: { code } });
      for (const bytes of kept) expect(await holds(store.images, bytes)).toBe(true);
      for (const bytes of refused) expect(await store.images.read(sha256(bytes))).toBeUndefined();
      await expect(store.images.ready()).rejects.toHaveProperty('cause');

      output('mount', '-o', 'remount,size=64m', folder);
      await store.images.ready();
      for (const bytes of refused) {
        await put(store.images, bytes);
        expect(await holds(store.images, bytes)).toBe(true);
      }
      expect((await store.images.uploads({ limit: 1000 })).uploads).toHaveLength(
        kept.length + refused.length,
      );
    });
  });

  test('a folder that turns read-only accepts no large image until it is writable again', async () => {
    store = await openEmbeddedStore({ folder });
    const before = sampleBytes(100_000, 'before');
    const meanwhile = sampleBytes(100_000, 'meanwhile');
    await put(store.images, before);
    // A whole file system cannot turn read-only while files are open for writing, so only this folder does.
    const incoming = path.join(folder, 'incoming');
    mount(incoming, '--bind', incoming);
    output('mount', '-o', 'remount,bind,ro', incoming);
    await expect(put(store.images, meanwhile)).rejects.toMatchObject({ cause: { code: 'EROFS' } });
    await expect(store.images.ready()).rejects.toMatchObject({ cause: { code: 'EROFS' } });
    expect(await store.images.read(sha256(meanwhile))).toBeUndefined();
    expect(await holds(store.images, before)).toBe(true);
    output('umount', incoming);
    mounted.pop();
    await store.images.ready();
    await put(store.images, meanwhile);
    expect(await holds(store.images, meanwhile)).toBe(true);
  });

  test('a folder that is read-only at the start is refused with the reason', async () => {
    mount(folder, '-t', 'tmpfs', '-o', 'size=4m,ro', 'tmpfs');
    await expect(openEmbeddedStore({ folder })).rejects.toMatchObject({
      code: 'EROFS',
      path: expect.any(String),
    });
  });

  test('a store on a read-only disk is refused with the reason', async () => {
    await (await openEmbeddedStore({ folder })).close();
    mount(folder, '--bind', folder);
    output('mount', '-o', 'remount,bind,ro', folder);
    await expect(openEmbeddedStore({ folder })).rejects.toThrow();
  });
});
