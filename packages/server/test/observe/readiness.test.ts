import { expect, test } from 'vitest';
import { createReadiness } from '../../dist/observe/readiness.js';

const never = new AbortController().signal;

/** An engine that responds when the test tells it to, and the log of the readiness. */
function engine() {
  const asked: PromiseWithResolvers<void>[] = [];
  const said: string[] = [];
  return {
    asked,
    said,
    log: {
      warn: (_: object, text: string) => void said.push(text),
      info: (text: string) => void said.push(text),
    } as never,
    ask(): Promise<void> {
      const response = withResolvers();
      asked.push(response);
      return response.promise;
    },
  };
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

function withResolvers(): PromiseWithResolvers<void> {
  let settle: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as NonNullable<typeof settle>) };
}

test('asks the engines once for many probes, and keeps a positive result for a while', async () => {
  const { ask, asked, log } = engine();
  const { check } = createReadiness(ask, never, log);
  const checks = Array.from({ length: 100 }, () => check());
  expect(asked).toHaveLength(1);
  asked[0]?.resolve();
  expect(new Set(await Promise.all(checks))).toEqual(new Set([undefined]));
  expect(await check()).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test('a positive result expires', async () => {
  const { ask, asked, log } = engine();
  const { check } = createReadiness(ask, never, log);
  const first = check();
  asked[0]?.resolve();
  await first;
  function askedAgain(): number {
    void check();
    return asked.length;
  }
  await expect.poll(askedAgain, { timeout: 10_000 }).toBe(2);
});

test('a negative result is reported at once and never kept; the log has its reason once', async () => {
  let broken = true;
  const { log, said } = engine();
  const ask = async () => {
    if (broken) throw new Error('no disk');
  };
  const { check } = createReadiness(ask, never, log);
  expect(await check()).toBe('the store takes no uploads now');
  expect(await check()).toBe('the store takes no uploads now');
  expect(said).toEqual(['not ready']);
  broken = false;
  expect(await check()).toBeUndefined();
  expect(said).toEqual(['not ready', 'ready again']);
});

test('an engine that throws synchronously is not ready, and is asked again', async () => {
  let broken = true;
  const { log } = engine();
  const { check } = createReadiness(
    () => {
      if (broken) throw new Error('at once');
      return Promise.resolve();
    },
    never,
    log,
  );
  expect(await check()).toBe('the store takes no uploads now');
  broken = false;
  expect(await check()).toBeUndefined();
});

test('probes do not wait for engines that hang, and those are not asked twice meanwhile', async () => {
  const { ask, asked, log } = engine();
  const { check } = createReadiness(ask, never, log);
  expect(await check()).toBe('the store does not answer');
  expect(await check()).toBe('the store does not answer');
  expect(asked).toHaveLength(1);
  asked[0]?.resolve();
  expect(await check()).toBeUndefined();
});

test('a stopping service is not ready, whatever the engines report', async () => {
  const { ask, asked, log } = engine();
  const stopping = new AbortController();
  const { check } = createReadiness(ask, stopping.signal, log);
  const before = check();
  asked[0]?.resolve();
  expect(await before).toBeUndefined();
  stopping.abort();
  expect(await check()).toBe('the service is stopping');
  expect(asked).toHaveLength(1);
});
