import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database, Statement } from '../../dist/stores/database.js';
import { HELD_IN_MEMORY, type ImageStore } from '../../dist/stores/index.js';
import { holds, sampleBytes, sha256, uploadOf } from './samples.js';

/** The images and the SQL of one engine. */
export interface OpenBoth {
  readonly images: ImageStore;
  readonly database: Database;
  end(): Promise<void>;
}

const TABLE = 'create table wanted_note (topic text primary key)';
const add = (topic: string): Statement => ({
  text: 'insert into wanted_note (topic) values (?) on conflict do nothing returning topic',
  values: [topic],
});
const all: Statement = { text: 'select topic from wanted_note order by topic', values: [] };

/** What every engine does with what a wrapper writes in the commit of an image. */
export function additionContract(name: string, open: () => Promise<OpenBoth>): void {
  describe(`an addition to the commit of an image in ${name}`, () => {
    let opened: OpenBoth;
    beforeEach(async () => {
      opened = await open();
      await opened.database.upgrade('wanted', { '001-notes': { sqlite: [TABLE], postgres: [TABLE] } });
    });
    afterEach(() => opened.end());

    async function store(bytes: Buffer, statements: readonly Statement[], within?: number) {
      const draft = opened.images.draft();
      await draft.write(bytes);
      const kept: Buffer[] = [];
      const keep = (content: Buffer) => void kept.push(content);
      const added = await draft.commit(uploadOf(bytes), {
        statements,
        keep,
        ...(within !== undefined && { within }),
      });
      return { added, kept };
    }

    test.each([10_000, 100_000])('is written with an image of %i bytes, and gives its rows', async (size) => {
      const bytes = sampleBytes(size, `addition to ${size}`);
      const { added, kept } = await store(bytes, [add('b'), add('b'), add('a')], 5);
      expect(added).toEqual([[{ topic: 'b' }], [], [{ topic: 'a' }]]);
      // A long image is in a file or an object, and no longer in memory.
      expect(kept.map((content) => content.equals(bytes))).toEqual(size > HELD_IN_MEMORY ? [] : [true]);
      expect(await opened.database.read(all)).toEqual([{ topic: 'a' }, { topic: 'b' }]);
      expect(await holds(opened.images, bytes)).toBe(true);
    });

    test('that is wrong leaves neither image nor statement, and does not concern others', async () => {
      const [wrong, right] = [sampleBytes(9_000, 'wrong addition'), sampleBytes(9_000, 'right addition')];
      const nowhere = { text: 'insert into wanted_nowhere (topic) values (?)', values: ['a'] };
      const [refused, stored] = await Promise.allSettled([
        store(wrong, [add('lost'), nowhere]),
        store(right, [add('kept')]),
      ]);
      expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'STORE' } });
      expect(stored.status).toBe('fulfilled');
      expect(await opened.database.read(all)).toEqual([{ topic: 'kept' }]);
      expect(await opened.images.read(sha256(wrong))).toBeUndefined();
      const { uploads } = await opened.images.uploads({});
      expect(uploads.map((upload) => upload.sha256)).toEqual([sha256(right)]);
    });
  });
}
