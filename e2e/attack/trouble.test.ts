import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { smallDisk } from '../durability/machine.js';
import { targetOf } from './attack.js';
import { type Attacker, attackHere } from './attacker-here.js';
import { TOGETHER } from './attacks.js';
import { type Seen, uploadHonestly } from './honest.js';
import { type AttackedService, type Prepared, prepare, startAttacked } from './service.js';

// Takes 50 s: all attacks at once, and meanwhile something else goes wrong.
vi.setConfig({ testTimeout: 120_000 });

const MIB = 1024 * 1024;
const ROOT = path.resolve('.');

test('SIGTERM while all attack: who asks before it stops listening is answered, it ends in time, and nothing is lost', {
  timeout: 120_000,
  retry: 2,
}, async () => {
  const prepared = await preparedFolder();
  // Longer than an upload, and the answer of /readyz, take on a busy machine that attackers share.
  const service = await started(prepared, { COUPON_MEDIA_DRAIN_DELAY_SECONDS: '15' });
  const attacker = await attacking(service);
  const honest = uploading(service);
  await sleep(3000);
  const ending = service.end();
  // As a balancer does: what it sends, it sends while the node says that it is ready, and for a moment after.
  await expect.poll(() => readyz(service)).toBe(503);
  const seen = await honest.end();
  expect(await ending).toEqual([]);
  await attacker.end();
  expect(seen.failed).toEqual(new Map());
  await expectStored(await started(prepared), seen);
});

test('a full disk while all attack: honest uploads are told, and stored when there is room again; nothing is lost', async ({
  skip,
}) => {
  const disk = await smallDisk(64 * MIB, skip);
  const data = path.join(disk, 'data');
  await mkdir(data);
  const prepared = await preparedFolder(data);
  const service = await started(prepared);
  const attacker = await attacking(service);
  const before = uploading(service);
  await sleep(1000);
  const early = await before.end();
  expect(early.failed).toEqual(new Map());

  const filler = path.join(disk, 'filler');
  await writeFile(filler, Buffer.alloc(64 * MIB)).catch(() => {});
  await expect.poll(() => readyz(service)).toBe(503);
  // An upload takes seconds on a busy machine, and the first ones may still find room.
  const failed = new Set<string>();
  const stored = [...early.stored];
  const sendsForAWhile = async () => {
    const during = uploading(service);
    await sleep(2000);
    const full = await during.end();
    for (const what of full.failed.keys()) failed.add(what);
    stored.push(...full.stored);
    return failed.has('upload 500');
  };
  await expect.poll(sendsForAWhile, { timeout: 60_000 }).toBe(true);
  expect([...failed]).toEqual(['upload 500']);

  await rm(filler);
  await expectRecovered(prepared, service, attacker, stored);
});

test('a store that hangs while all attack: honest uploads are told or wait, and pass when it goes on; nothing is lost', async () => {
  const prepared = await preparedFolder();
  const service = await started(prepared);
  const attacker = await attacking(service);
  // Another process that writes to the database and does not end.
  const Sqlite = createRequire(path.resolve('packages/server/package.json'))('libsql');
  const other = new Sqlite(path.join(prepared.data, 'store.db'));
  other.exec('PRAGMA busy_timeout=5000');
  other.exec('BEGIN IMMEDIATE');
  const during = uploading(service);
  await expect.poll(() => readyz(service)).toBe(503);
  await sleep(7000);
  other.exec('COMMIT');
  other.close();
  const hung = await during.end();
  expect([...hung.failed.keys()].filter((what) => what !== 'upload 500')).toEqual([]);
  await expectRecovered(prepared, service, attacker, hung.stored);
});

/** Expects that uploads pass again although the attack goes on, and that nothing of them or of what was stored before is lost. */
async function expectRecovered(
  prepared: Prepared,
  service: AttackedService,
  attacker: Attacker,
  before: readonly string[],
): Promise<void> {
  await expect.poll(() => readyz(service)).toBe(200);
  const after = uploading(service);
  await sleep(1000);
  const again = await after.end();
  await attacker.end();
  expect(again.failed).toEqual(new Map());
  expect(await service.end()).toEqual([]);
  await expectStored(await started(prepared), { stored: [...before, ...again.stored] });
}

async function preparedFolder(data?: string): Promise<Prepared> {
  const prepared = await prepare(ROOT, data);
  onTestFinished(prepared.remove);
  return prepared;
}

async function started(prepared: Prepared, environment: NodeJS.ProcessEnv = {}): Promise<AttackedService> {
  const service = await startAttacked(prepared, environment);
  onTestFinished(service.remove);
  return service;
}

async function attacking(service: AttackedService): Promise<Attacker> {
  const attacker = attackHere(TOGETHER, await targetOf(service, service.port));
  onTestFinished(async () => void (await attacker.end()));
  return attacker;
}

interface Uploading {
  end(): Promise<Seen>;
}

function uploading({ credentials, port }: AttackedService): Uploading {
  const ended = new AbortController();
  const honest = uploadHonestly(credentials, port, port, ended.signal);
  return {
    end() {
      ended.abort();
      return honest;
    },
  };
}

/** @returns the status, undefined where none comes */
async function readyz({ port }: AttackedService): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { connection: 'close' } }).catch(
    () => undefined,
  );
  return response?.status;
}

/** Each picture that was answered for is there after a start. */
async function expectStored({ port }: AttackedService, { stored }: Pick<Seen, 'stored'>): Promise<void> {
  expect(stored.length).toBeGreaterThan(0);
  const lost: string[] = [];
  for (const digest of stored) {
    const response = await fetch(`http://127.0.0.1:${port}/images/${digest}.png`);
    if (response.status !== 200) lost.push(digest);
    await response.arrayBuffer();
  }
  expect(lost).toEqual([]);
}
