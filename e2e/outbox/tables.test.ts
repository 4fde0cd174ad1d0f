import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrateToCluster, openClusterDatabase } from '@coupon-media/cluster';
import { checkOutbox, openOutbox, upgradeRelay, WRAPPER_TABLES } from '@coupon-media/relay';
import {
  backUpEmbeddedStore,
  isCluster,
  openEmbeddedDatabase,
  openEmbeddedEngines,
  readConfig,
} from '@coupon-media/server';
import type { Database } from '@coupon-media/server/engine';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useEngines } from '../../tools/engines/index.mjs';
import { ANSWER, digestOf, wishOf } from './contract.js';

const engines = await useEngines('postgres', 's3', 'redis');

/** Whose image is nowhere. */
const LOST = wishOf({ sha256: digestOf('lost') });
const DONE = wishOf({ sha256: digestOf('done') });
/** More than one statement of a move takes. */
const NOTES = 1_200;

const auditLine = (at: number) => ({
  text: `insert into relay_audit (at, event, caller, outcome) values (?, 'request', '中继', 'published')`,
  values: [at],
});

/** Of a browser that is signed in. */
const SESSION = {
  text: 'insert into door_session (id, hash, token, created_at, expires_at) values (?, ?, ?, ?, ?)',
  values: ['cms_0123456789ab', 'hash', 'cmr_0123456789ab', 1, 2],
};

describe('the tables of a relay', () => {
  let parent: string;
  let folder: string;
  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'coupon-media-tables-'));
    folder = path.join(parent, 'data');
    const opened = await openEmbeddedEngines({ data: folder }, Date.now, { warn: () => undefined });
    for (const upgrade of Object.values(WRAPPER_TABLES)) await upgrade(opened.database);
    const outbox = await openOutbox(opened.database);
    await outbox.wish(DONE);
    for (const claim of await outbox.claim('shop', 1, Date.now() + 60_000))
      await outbox.record(claim, ANSWER);
    await outbox.wish(LOST);
    await opened.database.write([SESSION]);
    for (let at = 0; at < NOTES; at += 400)
      await opened.database.write(Array.from({ length: 400 }, (_, n) => auditLine(at + n)));
    await outbox.close();
    await opened.close();
  });
  afterEach(() => rm(parent, { recursive: true }));

  const rowsOf = async (database: Database) => ({
    session: await database.read({ text: 'select * from door_session', values: [] }),
    audit: await database.read({ text: 'select * from relay_audit order by id', values: [] }),
    upload: await database.read({
      text: `select id, account, endpoint, sha256, kind, filename, bytes, caller, since, value, upstream_request_id, at
             from relay_upload order by id`,
      values: [],
    }),
  });

  async function withDatabase<T>(of: string, use: (database: Database) => Promise<T>): Promise<T> {
    const database = await openEmbeddedDatabase({ folder: of });
    try {
      return await use(database);
    } finally {
      await database.close();
    }
  }

  test('are in a backup', async () => {
    const copy = path.join(parent, 'copy');
    await backUpEmbeddedStore({ folder, to: copy });
    expect(await withDatabase(copy, rowsOf)).toEqual(await withDatabase(folder, rowsOf));
  });

  test('are checked: images that are pending and nowhere, and values that no coupon can hold', async () => {
    const odd = ['http://pic.example/1', `https://pic.example/${'x'.repeat(300)}`, ''];
    const problems = await withDatabase(folder, async (database) => {
      await database.write(
        [...odd, 'http://127.0.0.1:8787/images/1.png'].map((value, n) => ({
          text: `insert into relay_upload (account, endpoint, sha256, kind, filename, bytes, caller, since, value)
                 values ('shop', 'product-coupon', ?, 'png', 'a.png', 1, 'me', 1, ?)`,
          values: [Buffer.alloc(32, n), value],
        })),
      );
      return checkOutbox(database);
    });
    expect(problems).toMatchObject([
      { kind: 'unattached', sha256: LOST.sha256, detail: { en: 'pending for shop at product-coupon' } },
      { kind: 'unusable', sha256: '00'.repeat(32) },
      { kind: 'unusable', sha256: '01'.repeat(32) },
      { kind: 'unusable', sha256: '02'.repeat(32) },
    ]);
  });

  test('of a store without a relay are no problem', async () => {
    expect(await withDatabase(path.join(parent, 'other'), checkOutbox)).toEqual([]);
  });

  describe('move to a cluster', engines.needed, () => {
    test('row by row, with numbers that go on, and not by a program that does not know them', async () => {
      process.env.AWS_ACCESS_KEY_ID = engines.s3.accessKey;
      process.env.AWS_SECRET_ACCESS_KEY = engines.s3.secretKey;
      const { endpoint, region, bucket } = engines.s3;
      const config = readConfig(
        {
          ...{ databaseUrl: engines.postgres.url, redisUrl: engines.redis.url },
          ...{ s3Bucket: bucket, s3Endpoint: endpoint, s3Region: region, s3PathStyle: true },
        },
        {},
      );
      if (!isCluster(config)) throw new Error('the settings name no cluster');
      await expect(migrateToCluster({ folder, config })).rejects.toMatchObject({
        code: 'MIGRATION',
        message: expect.stringMatching(/relay_audit|door_/),
      });
      const report = await migrateToCluster({ folder, config, wrappers: WRAPPER_TABLES });
      expect(report.rows).toBe(NOTES + 3);
      expect(report.marked).toBeDefined();
      const database = await openClusterDatabase(config);
      const outbox = await openOutbox(database);
      try {
        expect(await rowsOf(database)).toEqual(await withDatabase(folder, rowsOf));
        await upgradeRelay(database);
        expect(await outbox.recorded(DONE)).toMatchObject(ANSWER);
        expect(await outbox.claim('shop', 5, Date.now() + 60_000)).toMatchObject([LOST]);
        expect(await outbox.wish(wishOf())).toBeUndefined();
        await database.write([auditLine(1)]);
        expect(
          await database.read({ text: 'select count(*) as n, max(id) as id from relay_audit', values: [] }),
        ).toEqual([{ n: NOTES + 1, id: NOTES + 1 }]);
        const again = await migrateToCluster({ folder, config, wrappers: WRAPPER_TABLES });
        expect(again.rows).toBe(0);
      } finally {
        await outbox.close();
        await database.close();
      }
    });
  });
});
