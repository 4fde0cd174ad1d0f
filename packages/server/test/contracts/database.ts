import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database, SchemaSteps, Statement } from '../../dist/stores/database.js';

/** The SQL of an engine, open, and opened again by another process or node. */
export interface OpenDatabase {
  readonly database: Database;
  /** Opens what another process has beside the first one. */
  other(): Promise<Database>;
  end(): Promise<void>;
}

const table = (id: string, blob: string) =>
  `create table notes_note (id ${id} primary key, topic text not null unique, body ${blob}, size bigint not null)`;

const FIRST: SchemaSteps = {
  '001-notes': { sqlite: [table('integer', 'blob')], postgres: [table('bigint', 'bytea')] },
};
const index = ['create index notes_size on notes_note (size)'];
const BOTH: SchemaSteps = { ...FIRST, '002-size': { sqlite: index, postgres: index } };

const add = (id: number, topic: string, body: Buffer | null = null, size = 0): Statement => ({
  text: 'insert into notes_note (id, topic, body, size) values (?, ?, ?, ?) returning id, topic, body, size',
  values: [id, topic, body, size],
});
const all: Statement = { text: 'select id, topic, body, size from notes_note order by id', values: [] };

/** What the SQL of every engine does for the tables of a wrapper. */
export function databaseContract(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`the tables of a wrapper in ${name}`, () => {
    let opened: OpenDatabase;
    let database: Database;
    beforeEach(async () => {
      opened = await open();
      ({ database } = opened);
      await database.upgrade('notes', FIRST);
    });
    afterEach(() => opened.end());

    test('return what was written, whichever way it is read', async () => {
      const body = Buffer.from([0, 255, 1]);
      const row = { id: 7, topic: '优惠', body, size: 2 ** 53 - 1 };
      expect(await database.write([add(7, '优惠', body, 2 ** 53 - 1)])).toEqual([[row]]);
      expect(await database.read(all)).toEqual([row]);
      expect(
        await database.read({ text: 'select id from notes_note where topic = ?', values: ['优惠'] }),
      ).toEqual([{ id: 7 }]);
      const other = await opened.other();
      expect(await other.read(all)).toEqual([row]);
      const erased = { text: 'delete from notes_note where id = ?', values: [7] };
      expect(await other.write([erased])).toEqual([[]]);
      expect(await database.read(all)).toEqual([]);
    });

    test('change by all statements of a call or by none', async () => {
      await database.write([add(1, 'first')]);
      await expect(database.write([add(2, 'second'), add(3, 'first')])).rejects.toMatchObject({
        code: 'STORE',
      });
      expect(await database.read(all)).toEqual([{ id: 1, topic: 'first', body: null, size: 0 }]);
      const rows = await database.write([
        add(2, 'second'),
        { text: 'delete from notes_note returning id', values: [] },
      ]);
      expect(rows[1]).toHaveLength(2);
    });

    test('refuse a wrong statement without the calls that came at the same time', async () => {
      const calls = Array.from({ length: 20 }, (_, n) =>
        database.write([add(n, n % 5 === 0 ? 'equal' : `${n}`)]),
      );
      const settled = await Promise.allSettled([
        ...calls,
        database.write([{ text: 'insert into notes_absent values (?)', values: [1] }]),
        database.write([add(100, 'pair'), add(101, 'pair')]),
      ]);
      expect(settled.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(5);
      expect(await database.read(all)).toHaveLength(17);
    });

    test('take each step once, though several start at the same time', async () => {
      await database.write([add(1, 'kept')]);
      const others = await Promise.all([opened.other(), opened.other()]);
      await Promise.all([database, ...others].map((node) => node.upgrade('notes', BOTH)));
      await database.upgrade('notes', BOTH);
      expect(await database.read(all)).toHaveLength(1);
    });

    test('are not touched by software older than they are', async () => {
      await database.upgrade('notes', BOTH);
      await expect((await opened.other()).upgrade('notes', FIRST)).rejects.toMatchObject({
        code: 'STORE',
        message: expect.stringMatching(/"notes" were written by a newer version.*"002-size"/),
      });
      await database.upgrade('others', {});
    });

    test('stay without a step that fails', async () => {
      const broken = ['create table notes_more (id bigint)', 'insert into notes_absent values (1)'];
      const steps = { ...FIRST, '002-broken': { sqlite: broken, postgres: broken } };
      await expect(database.upgrade('notes', steps)).rejects.toMatchObject({ code: 'STORE' });
      await database.upgrade('notes', BOTH);
      await expect(database.read({ text: 'select id from notes_more', values: [] })).rejects.toMatchObject({
        code: 'STORE',
      });
    });
  });
}
