import { rm } from 'node:fs/promises';
import { openClusterDatabase } from '@coupon-media/cluster';
import { createImageRecords, type ImageTable, upgradeDoor } from '@coupon-media/door';
import { openAudit, upgradeRelay } from '@coupon-media/relay';
import { openEmbeddedEngines } from '@coupon-media/server';
import type { Database, Statement } from '@coupon-media/server/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useEngines } from '../../tools/engines/index.mjs';
import { CLUSTER } from '../outbox/nodes.js';
import { temporaryFolder } from '../support/sandbox.js';
import { digestOfRow, seedAudit, seedImages } from './seed.js';

// Takes 25 s: a hundred thousand rows in each of two engines.

const engines = await useEngines('postgres');

const ROWS = 100_000;

/** Every way in which the gallery looks, at its beginning and far inside. */
const WAYS = [
  {},
  { since: 1_700_000_050_000, until: 1_700_000_090_000 },
  { caller: 'cmr_000000000003' },
  { caller: 'cmr_000000000003', until: 1_700_000_090_000 },
  { size: { width: 703, height: 720 } },
  { size: { width: 703, height: 720 }, since: 1_700_000_010_000 },
  { filename: '商品-0' },
  { filename: '商品-00042' },
  { sha256: '0' },
  { sha256: digestOfRow(4711).slice(0, 10) },
  { sha256: digestOfRow(4711) },
];

interface Opened {
  readonly database: Database;
  close(): Promise<void>;
}

/** A database that notes what it was asked. */
function noting(database: Database): { readonly database: Database; readonly asked: Statement[] } {
  const asked: Statement[] = [];
  const read: Database['read'] = (statement, options) => {
    asked.push(statement);
    return database.read(statement, options);
  };
  return { database: { ...database, read }, asked };
}

function looksByIndexes(
  name: string,
  table: ImageTable,
  open: () => Promise<Opened>,
  wrong: (database: Database, statement: Statement) => Promise<readonly string[]>,
): void {
  describe(`${name}, with ${ROWS} images`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
      await upgradeDoor(opened.database);
      await upgradeRelay(opened.database);
      await seedImages(opened.database, table.name, ROWS);
      await seedAudit(opened.database, ROWS);
      if (opened.database.dialect === 'postgres') {
        for (const analyzed of [table.name, 'relay_audit']) {
          await opened.database.write([{ text: `analyze ${analyzed}`, values: [] }]);
        }
      }
    }, 120_000);
    afterAll(() => opened.close());

    test('every page is read from one range of one index, in its order', async () => {
      const { database, asked } = noting(opened.database);
      const records = createImageRecords(database, table);
      for (const way of WAYS) {
        const query = { account: 'shop', limit: 50, ...way };
        const first = await records.list(query);
        expect(first.images.length, JSON.stringify(way)).toBeGreaterThan(0);
        if (first.next === undefined) continue;
        const second = await records.list({ ...query, cursor: first.next });
        const keys = [...first.images, ...second.images].map(({ id }) => id);
        expect(new Set(keys).size).toBe(keys.length);
      }
      await records.find('shop', 'product-coupon', digestOfRow(4711));
      const newest = await records.newest('shop');
      await records.after('shop', { ...newest, at: newest.at - 1000 }, 500);
      expect(asked.length).toBeGreaterThan(2 * WAYS.length);
      for (const statement of asked) {
        expect(await wrong(opened.database, statement), statement.text).toEqual([]);
      }
    });

    test('the audit trail of one image, too', async () => {
      const { database, asked } = noting(opened.database);
      const audit = openAudit(database, { appended: () => {}, lost: () => {} });
      const found = [];
      for await (const entry of audit.entries({ account: 'shop', sha256: digestOfRow(4711) }))
        found.push(entry);
      await audit.close();
      expect(found.map(({ event }) => event)).toEqual(['request']);
      for (const statement of asked) expect(await wrong(opened.database, statement)).toEqual([]);
    });
  });
}

const OUTBOX = { name: 'relay_upload', id: 'id', digest: 'bytes', recorded: 'value is not null' } as const;
const DOOR = { name: 'door_image', id: 'seq', digest: 'hex', filename: 'filename' } as const;

async function openFolder(): Promise<Opened> {
  const data = await temporaryFolder();
  const opened = await openEmbeddedEngines({ data }, Date.now, { warn: () => undefined });
  return {
    database: opened.database,
    async close() {
      await opened.close();
      await rm(data, { recursive: true });
    },
  };
}

/** @returns the steps of the plan that are no search of an index, or that sort */
async function wrongInSqlite(database: Database, { text, values }: Statement): Promise<readonly string[]> {
  const rows = await database.read({ text: `explain query plan ${text}`, values });
  const steps = rows.map(({ detail }) => String(detail));
  const isRight = (step: string) => /^SEARCH \w+ USING (COVERING )?INDEX /.test(step);
  return steps.length === 0 ? ['no plan'] : steps.filter((step) => !isRight(step));
}

looksByIndexes('the outbox in one folder', { ...OUTBOX, filename: 'filename' }, openFolder, wrongInSqlite);
looksByIndexes("the door's own table", DOOR, openFolder, wrongInSqlite);

describe('PostgreSQL', engines.needed, () => {
  async function openCluster(): Promise<Opened> {
    const database = await openClusterDatabase({ ...CLUSTER, databaseUrl: engines.postgres.url });
    return { database, close: () => database.close() };
  }

  /** @returns the nodes of the plan that scan the table, or that sort */
  async function wrong(database: Database, { text, values }: Statement): Promise<readonly string[]> {
    const rows = await database.read({ text: `explain ${text}`, values });
    const lines = rows.map((row) => String(row['QUERY PLAN']));
    return lines.length === 0 ? ['no plan'] : lines.filter((line) => /Seq Scan|Sort/.test(line));
  }

  looksByIndexes(
    'the outbox of many nodes',
    { ...OUTBOX, filename: 'filename collate "C"' },
    openCluster,
    wrong,
  );
});
