import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openClusterDatabase } from '@coupon-media/cluster';
import { type Claim, type Outbox, openOutbox, upgradeRelay } from '@coupon-media/relay';
import { openEmbeddedEngines } from '@coupon-media/server';
import { describe, expect, test } from 'vitest';
import { requireEngines, startPostgres } from '../../tools/engines/index.mjs';
import { ANSWER, settled, wishOf } from './contract.js';
import { CLUSTER } from './nodes.js';

const { needed } = await requireEngines('postgres');
const isRoot = process.getuid?.() === 0;

async function claimed(outbox: Outbox): Promise<Claim> {
  await outbox.wish(wishOf());
  const [claim] = await outbox.claim('shop', 1, Date.now() + 60_000);
  if (!claim) throw new Error('nothing was claimed');
  return claim;
}

describe('an answer of upstream is recorded', () => {
  test('once PostgreSQL is back', needed, async () => {
    const postgres = await startPostgres({ fsync: false });
    const database = await openClusterDatabase({
      ...CLUSTER,
      databaseUrl: postgres.url,
      engineDeadlineMs: 1_000,
    });
    const outbox = await openOutbox(database);
    try {
      await upgradeRelay(database);
      const claim = await claimed(outbox);
      await postgres.kill();
      await expect(outbox.wish(wishOf())).rejects.toMatchObject({ code: 'STORE' });
      const waiting = settled(outbox, claim);
      const recording = untilKept(() => outbox.record(claim, ANSWER));
      await expect(outbox.recorded(claim)).rejects.toMatchObject({ code: 'STORE' });
      await postgres.restart();
      expect(await recording).toMatchObject(ANSWER);
      expect(await waiting).toMatchObject(ANSWER);
      expect(await outbox.recorded(claim)).toMatchObject(ANSWER);
      // Another node tells of it again by notifications, or is looked up.
      const next = await claimed(outbox);
      const told = settled(outbox, next);
      await outbox.record(next, ANSWER);
      expect(await told).toMatchObject(ANSWER);
    } finally {
      await outbox.close();
      await database.close();
      await postgres.stop();
    }
  });

  test('once the disk has room', { skip: !isRoot, meta: {} }, async () => {
    const disk = await mkdtemp(path.join(tmpdir(), 'coupon-media-full-'));
    run('mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk);
    const engines = await openEmbeddedEngines({ data: path.join(disk, 'data') }, Date.now, {
      warn: () => undefined,
    });
    try {
      await upgradeRelay(engines.database);
      const outbox = await openOutbox(engines.database);
      const claim = await claimed(outbox);
      const filling = path.join(disk, 'filling');
      await writeFile(filling, Buffer.alloc(8 * 1024 * 1024)).catch(() => undefined);
      await expect(fill(outbox)).rejects.toMatchObject({ code: 'STORE' });
      await expect(outbox.record(claim, ANSWER)).rejects.toMatchObject({ code: 'STORE' });
      expect(await outbox.claim('shop', 1, Date.now() + 60_000)).toEqual([]);
      const recording = untilKept(() => outbox.record(claim, ANSWER));
      expect(await outbox.recorded(claim)).toBeUndefined();
      await rm(filling);
      expect(await recording).toMatchObject(ANSWER);
      expect(await outbox.recorded(claim)).toMatchObject(ANSWER);
      await outbox.close();
    } finally {
      await engines.close();
      run('umount', '--lazy', disk);
      await rm(disk, { recursive: true });
    }
  });
});

/** As the relay does it. */
async function untilKept<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The pages that the log already has still take some rows. */
async function fill(outbox: Outbox): Promise<never> {
  for (;;) await outbox.wish(wishOf({ account: 'other', filename: `${'x'.repeat(140)}.png` }));
}

function run(command: string, ...parameters: string[]): void {
  const { status, stderr } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
