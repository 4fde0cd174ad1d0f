import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { openClusterDatabase } from '@coupon-media/cluster';
import { isCluster, openEmbeddedDatabase, readConfig } from '@coupon-media/server';
import type { Database } from '@coupon-media/server/engine';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { clusterEnvironment } from './migrate/places.js';
import { sha256, wholePng } from './support/exchange.js';
import { relayOfTest } from './support/relay.js';
import { couponMedia, run, startCouponMediaIn } from './support/run.js';
import { sandboxOfTest, temporaryFolder } from './support/sandbox.js';

// Takes 15 s: commands that load the whole service, and two relays.
vi.setConfig({ testTimeout: 180_000 });

const engines = await useEngines('postgres', 's3', 'redis');

const RECORDED = wholePng(1);
const FORGOTTEN = wholePng(2);
const PENDING = wholePng(3);

describe('what a relay knows of its images, pending ones too,', () => {
  test('is in a backup of its folder, and goes on in a relay on the copy', async () => {
    const { upstream, folder, token, location, counts } = await stoppedRelay();
    const copy = path.join(await temporaryFolder(), 'copy');
    onTestFinished(() => rm(path.dirname(copy), { recursive: true, force: true }));
    expect(await couponMedia('store', 'backup', copy, '--data', folder)).toMatchObject({ code: 0 });
    // The callers' own files stand beside the data of this test.
    const own = (await readdir(folder)).filter((name) => !/^(store\.|images|incoming)/.test(name));
    for (const name of own) await cp(path.join(folder, name), path.join(copy, name), { recursive: true });
    await rm(folder, { recursive: true });
    expect(await withFolder(copy, countsOf)).toEqual(counts);
    const { baseUrl } = await relayOfTest(upstream, { folder: copy });
    await goesOn({ upstream, baseUrl, token, location });
  });

  test('moves to a cluster, and goes on on its nodes', engines.needed, async () => {
    const { upstream, folder, token, location, counts } = await stoppedRelay();
    const environment = clusterEnvironment(engines);
    const migrate = ['packages/cli/bin/coupon-media.cjs', 'store', 'migrate', '--to', 'cluster'];
    const env = { ...process.env, ...environment };
    const moved = await run(process.execPath, [...migrate, '--data', folder], '', { env });
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining('all equal') });
    Object.assign(process.env, environment);
    const config = readConfig({});
    if (!isCluster(config)) throw new Error('no cluster in the environment');
    const database = await openClusterDatabase(config);
    onTestFinished(() => database.close());
    expect(await countsOf(database)).toEqual(counts);
    const node = startCouponMediaIn({ COUPON_MEDIA_ACCOUNTS_FILE: path.join(folder, 'relay.json') }, [
      ...['relay', '--port', '0', '--lang', 'en'],
    ]);
    onTestFinished(async () => void (await node.stop()));
    // What is pending may have its URL before the node says where it listens.
    const [, baseUrl = ''] = /"publicUrl":"(.*?)"/.exec(await node.prints('"publicUrl":"')) ?? [];
    await goesOn({ upstream, baseUrl, token, location });
  });
});

/** A relay that was stopped when it had one image recorded, one forgotten and one accepted, whose upstream was away. */
async function stoppedRelay() {
  const upstream = await sandboxOfTest();
  // So that it stops soon, although upstream is away.
  const shop = { profile: upstream.credentialsPath, deadlines: { response: 3_000, total: 3_000 } };
  const { folder, baseUrl, createToken, stop } = await relayOfTest(upstream, { accounts: { shop } });
  const token = await createToken();
  for (const image of [RECORDED, FORGOTTEN])
    expect(await upload(baseUrl, token, image)).toMatchObject({ status: 200, body: { reused: false } });
  const forget = ['relay', 'forget', sha256(FORGOTTEN), '--account', 'shop', '--data', folder];
  expect(await couponMedia(...forget)).toMatchObject({ code: 0 });
  upstream.faults.add({ response: { fault: 'CONNECTION_REFUSED' } });
  const accepted = await upload(baseUrl, token, PENDING, 'respond-async');
  expect(accepted.status).toBe(202);
  const pending = async () => (await withFolder(folder, countsOf)).pending;
  await expect.poll(pending, { interval: 200 }).toBe(1);
  await stop();
  upstream.faults.clear();
  const counts = await withFolder(folder, countsOf);
  expect(counts).toMatchObject({ recorded: 1, pending: 1, forgets: 1, accepted: 1, tokens: 1 });
  return { upstream, folder, token, location: accepted.location, counts };
}

async function goesOn({
  upstream,
  baseUrl,
  token,
  location,
}: Pick<Awaited<ReturnType<typeof stoppedRelay>>, 'upstream' | 'token' | 'location'> & { baseUrl: string }) {
  const state = async () => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch(`${baseUrl}${location}`, { headers })).json();
  };
  await expect.poll(state, { timeout: 40_000, interval: 200 }).toMatchObject({ state: 'done' });
  expect(await upload(baseUrl, token, RECORDED)).toMatchObject({ status: 200, body: { reused: true } });
  expect(await upload(baseUrl, token, FORGOTTEN)).toMatchObject({ status: 200, body: { reused: false } });
  expect(await upload(baseUrl, token, PENDING)).toMatchObject({ status: 200, body: { reused: true } });
  const uploaded = upstream.requests.filter((request) => request.upload && request.outcome === 'SUCCESS');
  expect(uploaded.map((request) => request.upload?.fileSha256)).toEqual(
    [RECORDED, FORGOTTEN, PENDING, FORGOTTEN].map(sha256),
  );
}

async function upload(baseUrl: string, token: string, image: Buffer, prefer = 'wait=30') {
  const answer = await fetch(`${baseUrl}/v1/images`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'image/png', Prefer: prefer },
    body: new Uint8Array(image),
  });
  const body: unknown = await answer.json();
  return { status: answer.status, location: answer.headers.get('location') ?? '', body };
}

async function withFolder<T>(folder: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openEmbeddedDatabase({ folder });
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

/** How many rows there are of each fate. */
async function countsOf(database: Database): Promise<Record<string, number>> {
  const counted = Object.entries({
    recorded: 'relay_upload where value is not null',
    pending: 'relay_upload where value is null',
    forgets: "relay_audit where event = 'forget'",
    audited: 'relay_audit',
    accepted: "door_upload where state = 'waiting'",
    tokens: 'door_token',
  });
  const counts: Record<string, number> = {};
  for (const [name, of] of counted) {
    const [row] = await database.read({ text: `select count(*) as n from ${of}`, values: [] });
    counts[name] = Number(row?.n);
  }
  return counts;
}
