import type { EngineCall } from '@coupon-media/server/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useEngines } from '../../../../tools/engines/index.mjs';
import { nonce, nonceWindowContract, quotaContract } from '../../../server/test/contracts/limits.js';
import type { RedisLimits } from '../../dist/redis/limits.js';
import { ask, EPOCH, errorOf, openAged } from './support.js';

const engines = await useEngines('redis');

describe('limits on Redis', engines.needed, () => {
  let one: RedisLimits;
  let other: RedisLimits;
  let memory: RedisLimits;
  const observed: EngineCall[] = [];

  beforeAll(async () => {
    one = await openAged(engines.redis.url, { observe: (call) => observed.push(call) });
    other = await openAged(engines.redis.url);
    memory = await openAged(engines.redis.url, { away: 'memory' });
  });
  afterAll(() => Promise.all([one, other, memory].map((limits) => limits?.close())));

  nonceWindowContract(() => one.nonces);
  quotaContract(() => one.quota);

  describe('that may continue in memory', () => {
    nonceWindowContract(() => memory.nonces);
    quotaContract(() => memory.quota);
  });

  describe('of two nodes', () => {
    it('share reservations and releases', async () => {
      const a = nonce();
      expect(await one.nonces.reserve(a)).toBe(true);
      expect(await other.nonces.reserve({ ...a })).toBe(false);
      await one.nonces.release(a, false);
      expect(await other.nonces.reserve({ ...a })).toBe(true);
      expect(await one.nonces.reserve({ ...a })).toBe(false);
    });

    it('give a nonce to only one of them', async () => {
      for (let round = 0; round < 50; round += 1) {
        const a = nonce();
        const given = await Promise.all([one.nonces.reserve({ ...a }), other.nonces.reserve({ ...a })]);
        expect(given.toSorted()).toEqual([false, true]);
      }
    });

    it('release only their own reservations', async () => {
      const a = nonce();
      expect(await one.nonces.reserve(a)).toBe(true);
      await other.nonces.release(a, false);
      await other.nonces.release({ ...a }, false);
      expect(await other.nonces.reserve({ ...a })).toBe(false);

      // One node's reservation is lost and another node has the nonce. The first must not release it.
      await ask(engines.redis.url, async (client) => client.del(await client.keys('*:nonce:*')));
      const its = { ...a };
      expect(await other.nonces.reserve(its)).toBe(true);
      await one.nonces.release(a, false);
      expect(await one.nonces.reserve({ ...a })).toBe(false);
      await other.nonces.release(its, false);
      expect(await one.nonces.reserve({ ...a })).toBe(true);
    });

    it('share a quota', async () => {
      const begun = performance.now();
      const takes = Array.from({ length: 60 }, (_, at) => (at % 2 ? one : other).quota.take('shared', 5));
      const allowed = (await Promise.all(takes)).filter((wait) => wait === 0).length;
      expect(allowed).toBeGreaterThanOrEqual(10);
      expect(allowed).toBeLessThanOrEqual(10 + Math.ceil(((performance.now() - begun) / 1000) * 5));
    });
  });

  it('limit the size and the lifetime of their keys', async () => {
    const { url } = engines.redis;
    const a = nonce(0, 'x'.repeat(100_000));
    await one.nonces.reserve(a);
    await one.quota.take('y'.repeat(100_000), 0.5);
    const keys = await ask(url, (client) => client.keys('*'));
    expect(keys.every((key) => key.length < 80)).toBe(true);
    const lives = await ask(url, (client) =>
      Promise.all(keys.filter((key) => key !== EPOCH).map((key) => client.ttl(key))),
    );
    for (const seconds of lives) {
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThanOrEqual(300 + 300 + 6);
    }
  });

  it('remember a nonce for longer than any node accepts its request', async () => {
    const a = nonce();
    await ask(engines.redis.url, async (client) => {
      await client.del(await client.keys('*:nonce:*'));
      await one.nonces.reserve(a);
      const [key = ''] = await client.keys('*:nonce:*');
      expect(await client.expiretime(key)).toBe(a.expiresAt + 6);
    });
  });

  it('refuse requests if the clocks of node and Redis disagree, but not as replays', async () => {
    expect(await errorOf(() => one.nonces.reserve(nonce(320)))).toMatchObject({ code: 'CLOCK' });
    expect(await errorOf(() => one.nonces.reserve(nonce(-320)))).toMatchObject({ code: 'CLOCK' });
  });

  it('are ready, and report every call', async () => {
    observed.length = 0;
    await one.ready();
    await one.quota.take('observed', 1);
    const a = nonce();
    await one.nonces.reserve(a);
    await one.nonces.release(a, false);
    expect(observed.map(({ engine, operation, result }) => [engine, operation, result])).toEqual([
      ['redis', 'epoch', 'ok'],
      ['redis', 'take', 'ok'],
      ['redis', 'reserve', 'ok'],
      ['redis', 'release', 'ok'],
    ]);
  });
});
