import { rm } from 'node:fs/promises';
import { openClusterDatabase } from '@coupon-media/cluster';
import { type AuditEntry, openAudit, upgradeRelay } from '@coupon-media/relay';
import { isCluster, openEmbeddedDatabase, readConfig } from '@coupon-media/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { temporaryFolder } from './support/sandbox.js';

const engines = await useEngines('postgres');

const ENTRY: AuditEntry = {
  at: 1_795_000_000_000,
  event: 'request',
  outcome: 'reused',
  caller: '1900000109',
  account: 'main',
  door: 'plain',
  endpoint: 'product-coupon',
  sha256: 'ab'.repeat(32),
  filename: '商品 "图".png',
  slot: 'icon',
  changes: ['cropped', 'resized'],
  attempts: 2,
  hosts: ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'],
  requestId: '0A',
  upstreamRequestId: '08F7-268',
  value: 'https://wxpay.example/a.png',
  milliseconds: 12,
};

const STORES = {
  'one folder': async () => {
    const folder = await temporaryFolder();
    const database = await openEmbeddedDatabase({ folder });
    onTestFinished(async () => {
      await database.close();
      await rm(folder, { recursive: true });
    });
    return database;
  },
  PostgreSQL: async () => {
    const config = readConfig(
      { databaseUrl: engines.postgres.url, s3Bucket: 'none', redisUrl: 'redis://none' },
      {},
    );
    if (!isCluster(config)) throw new Error('no cluster');
    const database = await openClusterDatabase(config);
    onTestFinished(() => database.close());
    return database;
  },
};

describe.each(Object.entries(STORES))('the audit in %s', (store, open) => {
  const needed = store === 'PostgreSQL' ? engines.needed : {};

  test('gives entries back as they were, by time, also by caller and in pages', needed, async () => {
    const { audit } = await openTestAudit(open);
    await audit.append({ ...ENTRY, at: 2000 });
    await audit.append({ at: 1000, event: 'forget', outcome: 'done', caller: 'machine:root' });
    for (let n = 0; n < 1200; n += 1) audit.note({ ...ENTRY, at: 3000 + (n % 3), caller: 'cmr_abc' });
    await audit.close();

    const all = await gathered(audit.entries({}));
    expect(all).toHaveLength(1202);
    expect(all[0]).toEqual({
      id: expect.stringMatching(/^1000-/),
      at: 1000,
      event: 'forget',
      outcome: 'done',
      caller: 'machine:root',
    });
    expect(all[1]).toEqual({ ...ENTRY, id: all[1]?.id, at: 2000 });
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1202);
    const ids = async (query: Parameters<typeof audit.entries>[0]) =>
      (await gathered(audit.entries(query))).map(({ id }) => id);
    expect(await ids({ caller: '1900000109' })).toEqual([all[1]?.id]);
    expect(await ids({ since: 2000, until: 3000 })).toEqual([all[1]?.id]);
    expect(await ids({ after: all[1199]?.id })).toEqual([all[1200]?.id, all[1201]?.id]);
    const [line = ''] = await gathered(audit.lines({ since: 2000 }));
    expect(JSON.parse(line)).toMatchObject({
      at: '1970-01-01T00:00:02.000Z',
      upstream_request_id: ENTRY.upstreamRequestId,
      changes: ENTRY.changes,
    });
  });

  test('appends in the commit of what an entry tells of, or not at all', needed, async () => {
    const { audit, database } = await openTestAudit(open);
    const wrong = { text: 'INSERT INTO relay_audit (at) VALUES (?)', values: [1] };
    await expect(database.write([audit.appending(ENTRY), wrong])).rejects.toMatchObject({
      name: 'StoreError',
    });
    expect(await gathered(audit.entries({}))).toEqual([]);
  });

  test('refuses to rewrite an entry', needed, async () => {
    const { audit, database } = await openTestAudit(open);
    await audit.append(ENTRY);
    const rewrite = { text: 'UPDATE relay_audit SET caller = ?', values: ['somebody else'] };
    await expect(database.write([rewrite])).rejects.toMatchObject({ name: 'StoreError' });
    expect(await gathered(audit.entries({}))).toMatchObject([ENTRY]);
  });

  test('lets entries leave by age, in steps', needed, async () => {
    const { audit } = await openTestAudit(open);
    for (let n = 0; n < 1100; n += 1) audit.note({ ...ENTRY, at: n });
    await audit.close();
    expect(await audit.purge(1090)).toBe(1090);
    expect((await gathered(audit.entries({}))).map(({ at }) => at)).toEqual(
      Array.from({ length: 10 }, (_, n) => 1090 + n),
    );
  });
});

async function openTestAudit(open: (typeof STORES)['one folder'] | (typeof STORES)['PostgreSQL']) {
  const database = await open();
  await upgradeRelay(database);
  await database.write([{ text: 'DELETE FROM relay_audit', values: [] }]);
  return { database, audit: openAudit(database, { appended: () => {}, lost: (n) => expect(n).toBe(0) }) };
}

async function gathered<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
