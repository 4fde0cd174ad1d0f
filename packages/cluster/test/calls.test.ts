import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineCall } from '@coupon-media/server/engine';
import { expect, it } from 'vitest';
import { createEngineCalls, EngineError } from '../dist/engine/calls.js';

class Outage extends Error {}
class Answered extends Error {}

/** Calls with a clock that does not move, and the observed calls. */
function calls({ deadline = 10_000, attempts = 3 } = {}) {
  const clock = { now: 0 };
  const observed: EngineCall[] = [];
  const made = createEngineCalls({
    engine: 'redis',
    deadline,
    attempts,
    isOutage: (error) => error instanceof Outage,
    observe: (call) => observed.push(call),
    now: () => clock.now,
  });
  return { calls: made, clock, observed, results: () => observed.map(({ result }) => result) };
}

const fine = () => Promise.resolve('fine');
const outage = () => Promise.reject(new Outage());
const answered = () => Promise.reject(new Answered());

/** Returns the error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error) => error,
  );
}

async function fail(times: number, { call }: ReturnType<typeof calls>['calls']) {
  for (let time = 0; time < times; time += 1)
    expect(await errorOf(call('get', outage, { repeatable: false }))).toBeInstanceOf(Outage);
}

it("returns the engine's result and reports the call", async () => {
  const { calls: redis, clock, observed } = calls();
  const slow = () => {
    clock.now += 250;
    return fine();
  };
  expect(await redis.call('get', slow)).toBe('fine');
  expect(observed).toEqual([{ engine: 'redis', operation: 'get', seconds: 0.25, result: 'ok' }]);
});

it('ends at the deadline even if the call ignores its signal, and aborts the signal', async () => {
  const { calls: redis, results } = calls({ deadline: 20 });
  let heard: unknown;
  const hang = (signal: AbortSignal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        heard = signal.reason;
        reject(new Error('too late to be told'));
      });
    });
  const error = await errorOf(redis.call('get', hang));
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({ code: 'DEADLINE', engine: 'redis' });
  expect(heard).toBe(error);
  expect(results()).toEqual(['deadline']);
});

it('repeats a call only if the engine was away and repeating is harmless', async () => {
  const { calls: redis, results } = calls({ attempts: 3 });
  let made = 0;
  const count = (act: () => Promise<string>) => () => {
    made += 1;
    return act();
  };
  await errorOf(redis.call('take', count(outage), { repeatable: false }));
  expect(made).toBe(1);
  await errorOf(redis.call('get', count(answered)));
  expect(made).toBe(2);
  await errorOf(redis.call('get', count(outage)));
  expect(made).toBe(5);
  const second = () => (made === 6 ? outage() : fine());
  expect(await redis.call('get', count(second))).toBe('fine');
  expect(made).toBe(7);
  expect(results()).toEqual(['error', 'error', 'error', 'ok']);
});

it('repeats within the one deadline', async () => {
  const { calls: redis } = calls({ deadline: 100, attempts: 1_000_000 });
  expect(await errorOf(redis.call('get', outage))).toMatchObject({ code: 'DEADLINE' });
});

it('opens after five consecutive outages and reports the cause', async () => {
  const away = calls();
  await fail(4, away.calls);
  expect(await away.calls.call('get', fine)).toBe('fine');
  await fail(4, away.calls);
  // An engine that refuses is available.
  expect(await errorOf(away.calls.call('get', answered))).toBeInstanceOf(Answered);
  await fail(5, away.calls);
  expect(away.calls.state).toBe('open');
  let made = false;
  const error = await errorOf(
    away.calls.call('get', async () => {
      made = true;
    }),
  );
  expect(made).toBe(false);
  expect(error).toMatchObject({ code: 'OPEN', engine: 'redis', cause: expect.any(Outage) });
  expect(away.results().at(-1)).toBe('open');
});

it('lets one call through after a second, which decides the state', async () => {
  const away = calls();
  await fail(5, away.calls);
  away.clock.now += 1_000;
  expect(away.calls.state).toBe('half-open');
  let decide: (() => void) | undefined;
  const probe = errorOf(
    away.calls.call('get', () => new Promise((_, reject) => (decide = () => reject(new Outage())))),
  );
  // While it is in progress, no other call is made.
  expect(await errorOf(away.calls.call('get', fine))).toMatchObject({ code: 'OPEN' });
  decide?.();
  expect(await probe).toBeInstanceOf(Outage);
  expect(away.calls.state).toBe('open');
  away.clock.now += 1_000;
  expect(await away.calls.call('get', fine)).toBe('fine');
  expect(away.calls.state).toBe('closed');
});

it('does not stay open longer because of calls that were in progress when it opened', async () => {
  const away = calls();
  const late: (() => void)[] = [];
  const slow = () => new Promise((_, reject) => late.push(() => reject(new Outage())));
  const underWay = errorOf(away.calls.call('get', slow, { repeatable: false }));
  await fail(5, away.calls);
  away.clock.now += 900;
  for (const end of late) end();
  await underWay;
  away.clock.now += 100;
  expect(away.calls.state).toBe('half-open');
});

it('leaves no timer behind', async () => {
  const { calls: redis } = calls({ deadline: 3_600_000 });
  const before = timers();
  await redis.call('get', fine);
  await errorOf(redis.call('get', outage));
  await sleep(0);
  expect(timers()).toBeLessThanOrEqual(before);
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
