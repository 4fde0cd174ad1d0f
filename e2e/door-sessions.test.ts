import { rm } from 'node:fs/promises';
import path from 'node:path';
import { openClusterDatabase } from '@coupon-media/cluster';
import { createDoor, createOwnImageRecords, openTokens } from '@coupon-media/door';
import {
  createService,
  generatePublicKeyPair,
  isCluster,
  openEmbeddedEngines,
  readConfig,
} from '@coupon-media/server';
import type { Database } from '@coupon-media/server/engine';
import { describe, expect, onTestFinished, test } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { temporaryFolder } from './support/sandbox.js';

/** Sessions of two nodes that have one database, on each of its engines. */

const needed = await useEngines('postgres', 's3', 'redis');
const log = { info() {}, warn() {}, error() {} };

describe.each([
  ['one folder', {}, async (own: Database) => own],
  ['PostgreSQL', needed.needed, openPostgres],
] as const)('on %s', (_, options, openDatabase) => {
  test(
    'a session of one node is one of the other, and is over on both within a second',
    options,
    async () => {
      const { nodes, database } = await twoNodes(openDatabase);
      const [here = '', there = ''] = nodes;
      const tokens = await openTokens(database);
      const { token, text } = await tokens.create({ name: 'console', account: 'shop', scopes: ['read'] });
      const left = await signIn(here, text);
      const kept = await signIn(there, text);
      expect(left.secret).toMatch(/^cms_[0-9a-f]{12}_[\w-]{43}$/);
      for (const node of nodes)
        expect(await asked(node, left)).toMatchObject({ by: 'session', account: 'shop' });

      const leaving = await fetch(`${here}/v1/session`, { method: 'DELETE', headers: headersOf(here, left) });
      expect(leaving.status).toBe(204);
      expect(await asked(here, left)).toMatchObject({ code: 'session-over' });
      await expect.poll(() => asked(there, left)).toMatchObject({ code: 'session-over' });

      expect(await asked(here, kept)).toMatchObject({ by: 'session' });
      await tokens.revoke(token.id);
      for (const node of nodes)
        await expect.poll(() => asked(node, kept)).toMatchObject({ code: 'token-revoked' });
    },
  );

  test('a token has a hundred sessions, of which the oldest gives way', options, async () => {
    const { nodes, database } = await twoNodes(openDatabase);
    const [here = ''] = nodes;
    const { token, text } = await (await openTokens(database)).create({
      ...{ name: 'console', account: 'shop', scopes: ['read'] as const },
    });
    const first = await signIn(here, text);
    const at = Date.now() + 1000;
    await database.write(
      Array.from({ length: 100 }, (_, n) => ({
        text: 'insert into door_session (id, hash, token, created_at, expires_at) values (?, ?, ?, ?, ?)',
        values: [`cms_${n}`, 'hash', token.id, at + n, at * 2],
      })),
    );
    await signIn(here, text);
    const [row] = await database.read({
      text: 'select count(*) as n, min(created_at) as oldest from door_session where token = ?',
      values: [token.id],
    });
    expect([Number(row?.n), Number(row?.oldest)]).toEqual([100, at]);
    expect(await asked(here, first)).toMatchObject({ code: 'session-over' });
  });
});

interface Cookie {
  readonly name: string;
  readonly secret: string;
}

async function signIn(url: string, token: string): Promise<Cookie> {
  const answer = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  const [, name = '', secret = ''] = /^(\S+?)=([^;]*)/.exec(answer.headers.get('set-cookie') ?? '') ?? [];
  return { name, secret };
}

/** The cookie's name has the port, which a proxy in front of both nodes would keep. */
const headersOf = (url: string, { secret }: Cookie) => ({
  Cookie: `coupon-media-session-${new URL(url).port}=${secret}`,
  'Sec-Fetch-Site': 'same-origin',
  'Coupon-Media-Console': '1',
});

async function asked(url: string, cookie: Cookie): Promise<unknown> {
  return (await fetch(`${url}/v1/session`, { headers: headersOf(url, cookie) })).json();
}

async function twoNodes(openDatabase: (own: Database) => Promise<Database>) {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const engines = await openEmbeddedEngines({ data: folder }, Date.now, log);
  onTestFinished(() => engines.close());
  await engines.merchants.addPlatformKey(await generatePublicKeyPair(Math.floor(Date.now() / 1000)));
  const database = await openDatabase(engines.database);
  const nodes = await Promise.all(
    [1, 2].map(async () => {
      const { images, quota } = engines;
      const publisher = {
        publish: () => Promise.reject(new Error('nothing is sent')),
        known: async () => undefined,
      };
      const door = await createDoor({
        ...{ images, quota, database, publisher, log },
        records: createOwnImageRecords(database),
        thumbnails: { folder: path.join(folder, 'thumbnails') },
        accounts: { endpoints: () => ['product-coupon'] },
      });
      const settings = readConfig({ quotaPerSecond: 0 }, {});
      const service = await createService({ engines, settings, log, routes: [...door.routes] });
      const { port } = await service.listen({ host: '127.0.0.1', port: 0 });
      onTestFinished(async () => {
        await door.close();
        await service.close();
      });
      return `http://127.0.0.1:${port}`;
    }),
  );
  return { nodes, database };
}

async function openPostgres(): Promise<Database> {
  process.env.AWS_ACCESS_KEY_ID = needed.s3.accessKey;
  process.env.AWS_SECRET_ACCESS_KEY = needed.s3.secretKey;
  const { endpoint, region, bucket } = needed.s3;
  const config = readConfig(
    {
      ...{ databaseUrl: needed.postgres.url, redisUrl: needed.redis.url },
      ...{ s3Bucket: bucket, s3Endpoint: endpoint, s3Region: region, s3PathStyle: true },
    },
    {},
  );
  if (!isCluster(config)) throw new Error('the settings name no cluster');
  const database = await openClusterDatabase(config);
  onTestFinished(() => database.close());
  return database;
}
