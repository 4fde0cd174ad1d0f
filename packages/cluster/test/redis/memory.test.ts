import { REQUEST_CLOCK_WINDOW } from '@coupon-media/apiv3';
import type { UsedNonce } from '@coupon-media/server/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requireEngines, startRedis, useEngines } from '../../../../tools/engines/index.mjs';
import { nonce } from '../../../server/test/contracts/limits.js';
import { openPostgres } from '../../dist/postgres/database.js';
import { createDurableNonces } from '../../dist/postgres/nonces.js';
import type { RedisLimits } from '../../dist/redis/limits.js';
import { age, ask, EPOCH, errorOf, open, openAged } from './support.js';

// Takes 16 s: Redis must be trusted again three times, each five seconds after its start.

// If Redis loses its memory, no node may accept a request a second time (contract 2.9).
const FORGOTTEN = { name: 'LimitsError', code: 'FORGOTTEN' };

const own = await requireEngines('redis');
const engines = await useEngines('postgres');

let redis: Awaited<ReturnType<typeof startRedis>>;
const opened: { close(): Promise<void> }[] = [];

function remembered<T extends { close(): Promise<void> }>(one: T): T {
  opened.push(one);
  return one;
}

/** Requests a nonce until Redis can be reached again, and returns the first other result. */
async function resultOf({ nonces }: RedisLimits, which = nonce()): Promise<unknown> {
  return vi.waitFor(
    async () => {
      const error = await errorOf(async () => expect(await nonces.reserve(which)).toBe(true));
      if (error instanceof Error && ['AWAY', 'OPEN', 'DEADLINE'].includes(String(Reflect.get(error, 'code'))))
        throw error;
      return error;
    },
    { timeout: 20_000, interval: 20 },
  );
}

async function since(): Promise<number> {
  return Number(await ask(redis.url, (client) => client.hget(EPOCH, 'since')));
}

describe('the memory of Redis', own.needed, () => {
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await redis.stop();
  });

  it('begins with the first request, and is then the same for all nodes', async () => {
    const before = Math.floor(Date.now() / 1000);
    const one = remembered(await open(redis.url));
    const began = await since();
    expect(began - before).toBeGreaterThanOrEqual(0);
    expect(began).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
    expect(one.logged).toEqual([expect.stringContaining('does not remember requests from before')]);
    const other = remembered(await open(redis.url));
    expect(other.logged).toEqual([]);
    expect(await since()).toBe(began);
  });

  it('refuses what may have been sent before, however far ahead it was signed', async () => {
    const one = remembered(await open(redis.url));
    for (const later of [-299, 0, 299]) {
      expect(await errorOf(() => one.nonces.reserve(nonce(later)))).toMatchObject(FORGOTTEN);
    }
    expect(await errorOf(() => one.ready())).toMatchObject(FORGOTTEN);
    // Timestamps within the five minutes before the loss, and their neighbours.
    await age(redis.url, 300);
    expect(await errorOf(() => one.nonces.reserve(nonce()))).toMatchObject(FORGOTTEN);
    await age(redis.url, 310);
    await one.ready();
    expect(await one.nonces.reserve(nonce())).toBe(true);
    expect(await errorOf(() => one.nonces.reserve(nonce(-60)))).toMatchObject(FORGOTTEN);
  });

  it('is lost after FLUSHALL, even though no connection was lost', async () => {
    const one = remembered(await openAged(redis.url));
    const other = remembered(await openAged(redis.url));
    const used = [nonce(-200), nonce(), nonce(290)];
    for (const a of used) expect(await one.nonces.reserve(a)).toBe(true);
    await redis.command('FLUSHALL');
    for (const a of used) {
      expect(await errorOf(() => other.nonces.reserve({ ...a }))).toMatchObject(FORGOTTEN);
      expect(await errorOf(() => one.nonces.reserve({ ...a }))).toMatchObject(FORGOTTEN);
    }
    expect(await errorOf(() => one.ready())).toMatchObject(FORGOTTEN);
  });

  it('is lost after a restart without its data', async () => {
    const one = remembered(await openAged(redis.url));
    const a = nonce(100);
    expect(await one.nonces.reserve(a)).toBe(true);
    await redis.restart({ data: false });
    expect(await resultOf(one, { ...a })).toMatchObject(FORGOTTEN);
    expect(one.logged.join()).toMatch(/lost the connection.*does not remember requests from before.*again/);
  });

  it('does not count after a restart from an older snapshot', async () => {
    const one = remembered(await openAged(redis.url));
    const [old, recent] = [nonce(), nonce()];
    expect(await one.nonces.reserve(old)).toBe(true);
    await redis.command('SAVE');
    expect(await one.nonces.reserve(recent)).toBe(true);
    const before = await since();
    await redis.kill();
    await redis.restart();
    expect(await resultOf(one, { ...recent })).toMatchObject(FORGOTTEN);
    expect(await since()).toBeGreaterThan(before);
    // What the snapshot contains is recognised as a replay.
    expect(await one.nonces.reserve({ ...old })).toBe(false);
  });

  it('counts only if Redis never drops keys', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const error = await errorOf(() => open(redis.url));
    expect(error).toMatchObject({ code: 'SETTINGS', message: expect.stringContaining('allkeys-lru') });
  });

  describe('with a durable record', engines.needed, () => {
    let durable: ReturnType<typeof createDurableNonces>;

    beforeEach(async () => {
      const { url } = (await useEngines('postgres')).postgres;
      const postgres = await openPostgres({
        databaseUrl: url,
        databaseMaxConnections: 2,
        engineDeadlineMs: 5_000,
      });
      durable = createDurableNonces(remembered(postgres));
    });

    it('counts again after seconds', async () => {
      const one = remembered(await open(redis.url, { durable }));
      expect(await errorOf(() => one.ready())).toMatchObject(FORGOTTEN);
      await vi.waitFor(() => one.ready(), { timeout: 10_000, interval: 50 });
      const a = nonce();
      expect(await one.nonces.reserve(a)).toBe(true);
      expect(await one.nonces.reserve({ ...a })).toBe(false);
      const signedAt = a.expiresAt - REQUEST_CLOCK_WINDOW;
      expect(signedAt - (await since())).toBeLessThanOrEqual(6);
    });

    it('lets no request pass twice on any node, however far ahead it was signed', {
      timeout: 60_000, // the test waits twice until Redis is trusted again
    }, async () => {
      const nodes = [
        remembered(await openAged(redis.url, { durable })),
        remembered(await openAged(redis.url, { durable })),
      ] as const;
      for (const lose of [() => redis.command('FLUSHALL'), () => redis.restart({ data: false })]) {
        await age(redis.url);
        const used = [-290, -5, -1, 0, 1, 2, 3, 4, 5, 10, 60, 290].map((later) => nonce(later));
        const later = [3, 4, 5, 6, 7, 8, 290].map((seconds) => nonce(seconds));
        for (const a of [...used, ...later]) expect(await nodes[0].nonces.reserve(a)).toBe(true);
        await lose();
        const outcomes: string[] = [];
        for (const node of nodes) {
          await resultOf(node, nonce(-100));
          for (const a of used) outcomes.push(await outcome(node, { ...a }));
        }
        expect(new Set(outcomes)).toEqual(new Set(['false', 'FORGOTTEN']));
        // Nor are they accepted once Redis is trusted for what is signed now, which these seem to be.
        await vi.waitFor(() => nodes[0].ready(), { timeout: 10_000, interval: 50 });
        expect(await nodes[1].nonces.reserve(nonce(1))).toBe(true);
        const late: string[] = [];
        for (const a of later) late.push(await outcome(nodes[1], { ...a }));
        expect(new Set(late)).toEqual(new Set(['false', 'FORGOTTEN']));
      }
    });

    it('lets a released request be sent again', async () => {
      const one = remembered(await openAged(redis.url, { durable }));
      const a = nonce(120);
      expect(await one.nonces.reserve(a)).toBe(true);
      await one.nonces.release(a, false);
      await redis.command('FLUSHALL');
      await resultOf(one, nonce(-100));
      expect(await one.nonces.reserve({ ...a })).toBe(true);
      expect(await one.nonces.reserve({ ...a })).toBe(false);
    });

    it('accepts nothing that it cannot record, and lets it be sent again', async () => {
      const failing = { ...durable, reserve: () => Promise.reject(new Error('connection refused')) };
      const one = remembered(await openAged(redis.url, { durable: failing, away: 'memory' }));
      const other = remembered(await openAged(redis.url, { durable }));
      const a = nonce(120);
      expect(await errorOf(() => one.nonces.reserve(a))).toMatchObject({ code: 'RECORD' });
      expect(await other.nonces.reserve({ ...a })).toBe(true);
    });
  });
});

async function outcome({ nonces }: RedisLimits, which: UsedNonce): Promise<string> {
  try {
    return String(await nonces.reserve(which));
  } catch (error) {
    return String(Reflect.get(Object(error), 'code'));
  }
}
