import { setImmediate as nextTick } from 'node:timers/promises';
import { createClient, createLimiter } from '@coupon-media/client';
import { describe, expect, test } from 'vitest';
import { png } from './images.js';
import { optionsFor, refusal, startService } from './service.js';

/** A clock that advances only when a caller sleeps; calls released before run first. */
function virtualTime() {
  const time = { now: 0 };
  const effects = {
    now: () => time.now,
    sleep: async (milliseconds: number) => {
      await nextTick();
      time.now += milliseconds;
    },
  };
  return { time, effects };
}

describe('turns', () => {
  test('come evenly', async () => {
    const { time, effects } = virtualTime();
    const limiter = createLimiter({ perSecond: 4 }, effects);
    const at: number[] = [];
    await Promise.all(Array.from({ length: 6 }, () => limiter.turn().then(() => at.push(time.now))));
    expect(at).toEqual([0, 250, 500, 750, 1000, 1250]);
  });

  test('are not saved up', async () => {
    const { time, effects } = virtualTime();
    const limiter = createLimiter({ perSecond: 10 }, effects);
    await limiter.turn();
    time.now = 60_000;
    await limiter.turn();
    await limiter.turn();
    expect(time.now).toBe(60_100);
  });

  test('an aborted waiter uses none', async () => {
    const { time, effects } = virtualTime();
    const limiter = createLimiter({ perSecond: 20 }, effects);
    const abort = new AbortController();
    await limiter.turn();
    const lost = Array.from({ length: 100 }, () => limiter.turn(abort.signal));
    abort.abort();
    const results = await Promise.allSettled(lost);
    expect(results.every((result) => result.status === 'rejected' && result.reason.code === 'ABORTED')).toBe(
      true,
    );
    await limiter.turn();
    // A hundred lost turns would take five seconds.
    expect(time.now).toBe(50);
  });
});

describe('places', () => {
  test('are given back, first in, first out', async () => {
    const limiter = createLimiter({ concurrent: 2 });
    const order: number[] = [];
    const [first, second] = await Promise.all([limiter.acquire(), limiter.acquire()]);
    const enterAs = async (n: number) => {
      const leave = await limiter.acquire();
      order.push(n);
      return leave;
    };
    const waiting = [enterAs(3), enterAs(4)];
    first();
    first();
    (await waiting[0])?.();
    await waiting[1];
    second();
    expect(order).toEqual([3, 4]);
  });

  test('an aborted waiter takes none', async () => {
    const limiter = createLimiter({ concurrent: 1 });
    const leave = await limiter.acquire();
    const abort = new AbortController();
    const lost = limiter.acquire(abort.signal);
    const next = limiter.acquire();
    abort.abort();
    await expect(lost).rejects.toMatchObject({ code: 'ABORTED' });
    leave();
    (await next)();
    (await limiter.acquire())();
  });
});

test('a client has 8 calls under way by default, and as many as `concurrent` says', async () => {
  for (const [concurrent, expected] of [
    [undefined, 8],
    [2, 2],
  ] as const) {
    let now = 0;
    let most = 0;
    const service = await startService((_, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        response.end();
      }, 30);
    });
    const client = createClient(optionsFor(service, concurrent ? { limit: { concurrent } } : {}));
    await Promise.allSettled(Array.from({ length: 20 }, () => client.uploadImage(png())));
    expect(service.received).toHaveLength(20);
    expect(most).toBe(expected);
  }
});

test.each([
  ['one limiter', () => createLimiter({ perSecond: 50 })],
  ['one key', () => ({ key: 'provider-1', perSecond: 50 })],
])('clients given %s share its rate, and retries count', async (_, limit) => {
  const service = await startService(refusal(500, 'X'), {});
  const shared = limit();
  const clients = ['1900000001', '1900000002'].map((mchid) =>
    createClient(optionsFor(service, { mchid, limit: shared, effects: { sleep: async () => {} } })),
  );
  const started = Date.now();
  await Promise.all(clients.flatMap((client) => Array.from({ length: 5 }, () => client.uploadImage(png()))));
  expect(service.received).toHaveLength(11);
  // Eleven requests have ten gaps of 20 ms.
  expect(Date.now() - started).toBeGreaterThanOrEqual(195);
});

test('one key with two meanings is refused', async () => {
  const service = await startService();
  createClient(optionsFor(service, { limit: { key: 'provider-2', perSecond: 5 } }));
  expect(() => createClient(optionsFor(service, { limit: { key: 'provider-2', perSecond: 6 } }))).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'limit' }),
  );
});
