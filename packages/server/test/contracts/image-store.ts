import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImageStore, StoredUpload } from '../../dist/stores/index.js';
import type { Fixture, OpenImages } from './samples.js';
import { get, holds, put, sampleBytes, sha256, uploadOf } from './samples.js';

/**
 * What every engine must do. `reopen` closes the store first, because some engines allow only one process at a time.
 */
export function imageStoreContract(name: string, open: OpenImages): void {
  describe(`${name} obeys the contract of ImageStore`, () => {
    let fixture: Fixture<ImageStore>;
    let store: ImageStore;

    beforeEach(async () => {
      fixture = await open();
      store = fixture.store;
    });
    afterEach(() => fixture.end());

    async function restart(): Promise<void> {
      await store.close();
      store = await fixture.reopen();
    }

    /** Sizes below and above the bytes that a draft holds in memory, and around the size of a page. */
    const SIZES = [1, 4096, 10_240, 65_535, 65_536, 65_537, 200_000, 2_097_152];
    const LARGE = 300_000;

    describe('bytes', () => {
      test.each(SIZES)('of %i are read as they were written, even after a restart', async (size) => {
        const bytes = sampleBytes(size, size);
        await put(store, bytes, { kind: 'jpg' });
        expect(await holds(store, bytes)).toBe(true);
        await restart();
        const stored = await store.read(sha256(bytes));
        expect(stored).toMatchObject({ kind: 'jpg', size });
        expect(await holds(store, bytes)).toBe(true);
      });

      test.each([1, 7, 1000, 65_536, 100_000])('can be written in chunks of %i', async (chunk) => {
        for (const size of [9_000, 65_536, 70_001]) {
          const bytes = sampleBytes(size, `${size} by ${chunk}`);
          await put(store, bytes, {}, chunk);
          expect(await holds(store, bytes)).toBe(true);
        }
      });

      test('can be written without waiting for the store', async () => {
        const bytes = sampleBytes(500_000, 'impatient');
        const draft = store.draft();
        const writes: unknown[] = [];
        for (let at = 0; at < bytes.length; at += 10_000)
          writes.push(draft.write(bytes.subarray(at, at + 10_000)));
        await draft.commit(uploadOf(bytes));
        await Promise.all(writes);
        expect(await holds(store, bytes)).toBe(true);
      });

      test.each([9_000, LARGE])('of %i are read by ranges', async (size) => {
        const bytes = sampleBytes(size, `ranges of ${size}`);
        await put(store, bytes);
        for (const [start, end] of [
          [0, 0],
          [0, size - 1],
          [1, 4],
          [size - 1, size - 1],
          [4_000, 8_999],
        ] as const) {
          const part = await get(store, sha256(bytes), { start, end });
          expect(part?.equals(bytes.subarray(start, end + 1))).toBe(true);
        }
      });

      test('that were never stored are undefined', async () => {
        expect(await store.read('0'.repeat(64))).toBeUndefined();
      });
    });

    describe.each([10_000, LARGE])('the same %i bytes', (size) => {
      test('uploaded twice are one image and two uploads', async () => {
        const bytes = sampleBytes(size, 'twice');
        await put(store, bytes, { merchant: '1900000001', filename: 'a.png' });
        await put(store, bytes, { merchant: '1900000002', filename: 'b.png' });
        expect(await holds(store, bytes)).toBe(true);
        const { uploads } = await store.uploads({});
        expect(uploads.map(({ merchant, filename, sha256: digest }) => [merchant, filename, digest])).toEqual(
          [
            ['1900000002', 'b.png', sha256(bytes)],
            ['1900000001', 'a.png', sha256(bytes)],
          ],
        );
      });

      test('uploaded at the same time are recorded every time', async () => {
        const bytes = sampleBytes(size, 'at once');
        await Promise.all(Array.from({ length: 20 }, () => put(store, bytes)));
        expect(await holds(store, bytes)).toBe(true);
        expect((await store.uploads({})).uploads).toHaveLength(20);
        await restart();
        expect(await holds(store, bytes)).toBe(true);
      });
    });

    describe.each([10_000, LARGE])('a draft of %i bytes', (size) => {
      const bytes = sampleBytes(size, 'draft');

      test('is not visible until it is committed', async () => {
        const draft = store.draft();
        await draft.write(bytes);
        expect(await store.read(sha256(bytes))).toBeUndefined();
        await draft.commit(uploadOf(bytes));
        expect(await holds(store, bytes)).toBe(true);
      });

      test('leaves nothing when it is discarded', async () => {
        const draft = store.draft();
        void draft.write(bytes);
        await draft.discard();
        await draft.discard();
        expect(await store.read(sha256(bytes))).toBeUndefined();
        expect((await store.uploads({})).uploads).toEqual([]);
        await expect(draft.commit(uploadOf(bytes))).rejects.toThrow();
      });

      test('may be discarded after its commit', async () => {
        const draft = store.draft();
        await draft.write(bytes);
        await draft.commit(uploadOf(bytes));
        await draft.discard();
        expect(await holds(store, bytes)).toBe(true);
      });

      test('is refused and leaves nothing if its length is wrong', async () => {
        const draft = store.draft();
        await draft.write(bytes);
        await expect(draft.commit(uploadOf(bytes, { bytes: size + 1 }))).rejects.toThrow(RangeError);
        await draft.discard();
        expect(await store.read(sha256(bytes))).toBeUndefined();
        expect((await store.uploads({})).uploads).toEqual([]);
      });
    });

    describe('the list of uploads', () => {
      test('contains everything except the nonce', async () => {
        const { nonce: _, ...upload } = await put(store, sampleBytes(1000, 'all'), {
          filename: `新品“券”%_'\\🎁.png`,
        });
        expect((await store.uploads({})).uploads).toEqual([upload]);
      });

      test('has the newest first, is complete across pages, and is not shifted by new uploads', async () => {
        const names = Array.from({ length: 25 }, (_, index) => `${index}.png`);
        for (const filename of names) await put(store, sampleBytes(100, filename), { filename });
        const seen: StoredUpload[] = [];
        let cursor: string | undefined;
        let pages = 0;
        do {
          const page = await store.uploads({ limit: 10, ...(cursor !== undefined && { cursor }) });
          seen.push(...page.uploads);
          cursor = page.next;
          pages += 1;
          await put(store, sampleBytes(100, `late ${pages}`), { filename: `late ${pages}.png` });
        } while (cursor !== undefined);
        expect(pages).toBe(3);
        expect(seen.map(({ filename }) => filename)).toEqual(names.toReversed());
      });

      test('has no next page if the last page is full', async () => {
        for (const seed of [1, 2]) await put(store, sampleBytes(100, seed));
        expect(await store.uploads({ limit: 2 })).not.toHaveProperty('next');
        expect(await store.uploads({ limit: 1 })).toHaveProperty('next');
      });

      test('can be filtered by merchant, by filename, or by both', async () => {
        const all: [string, string][] = [
          ['1900000001', 'spring-banner.png'],
          ['1900000002', 'spring-icon.png'],
          ['1900000001', 'autumn%banner.png'],
          ['1900000001', 'SPRING.png'],
        ];
        for (const [merchant, filename] of all)
          await put(store, sampleBytes(100, filename), { merchant, filename });
        const list = async (query: { merchant?: string; filename?: string }) =>
          (await store.uploads(query)).uploads.map(({ filename }) => filename);
        expect(await list({ merchant: '1900000001' })).toEqual([
          'SPRING.png',
          'autumn%banner.png',
          'spring-banner.png',
        ]);
        expect(await list({ filename: 'spring' })).toEqual(['spring-icon.png', 'spring-banner.png']);
        expect(await list({ filename: '%' })).toEqual(['autumn%banner.png']);
        expect(await list({ merchant: '1900000001', filename: 'spring' })).toEqual(['spring-banner.png']);
        expect(await list({ merchant: '1900000003' })).toEqual([]);
        expect(await list({ filename: 'winter' })).toEqual([]);
      });

      test('has pages when filtered by filename', async () => {
        for (let index = 0; index < 12; index++) {
          await put(store, sampleBytes(100, index), {
            filename: `${index % 2 ? 'odd' : 'even'}-${index}.png`,
          });
        }
        const first = await store.uploads({ filename: 'odd', limit: 4 });
        const second = await store.uploads({ filename: 'odd', limit: 4, cursor: String(first.next) });
        expect([...first.uploads, ...second.uploads].map(({ filename }) => filename)).toEqual(
          [11, 9, 7, 5, 3, 1].map((index) => `odd-${index}.png`),
        );
        expect(second.next).toBeUndefined();
      });

      test.each([0, 1001, Number.NaN])('has no pages of %d', async (limit) => {
        await expect(store.uploads({ limit })).rejects.toThrow(RangeError);
      });

      test('refuses an invalid cursor', async () => {
        await expect(store.uploads({ cursor: "1' or 1" })).rejects.toThrow();
      });
    });

    test('is ready', async () => {
      await store.ready();
      await store.ready();
    });

    test.each([10_000, LARGE])('closes after the commits of %i bytes in progress', async (size) => {
      const images = Array.from({ length: 5 }, (_, index) => sampleBytes(size, index));
      const drafts = images.map((bytes) => ({ bytes, draft: store.draft() }));
      for (const { bytes, draft } of drafts) await draft.write(bytes);
      const commits = drafts.map(({ bytes, draft }) => draft.commit(uploadOf(bytes)));
      await store.close();
      await Promise.all(commits);
      store = await fixture.reopen();
      for (const bytes of images) expect(await holds(store, bytes)).toBe(true);
    });

    test('accepts nothing after it was closed', async () => {
      const open = store.draft();
      await open.write(sampleBytes(LARGE, 'open'));
      await store.close();
      await expect(open.commit(uploadOf(sampleBytes(LARGE, 'open')))).rejects.toThrow();
      await expect(put(store, sampleBytes(100, 'late'))).rejects.toThrow();
      await expect(store.ready()).rejects.toThrow();
      store = await fixture.reopen();
      expect((await store.uploads({})).uploads).toEqual([]);
    });
  });
}
