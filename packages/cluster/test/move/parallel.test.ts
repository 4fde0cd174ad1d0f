import { expect, test } from 'vitest';
import { eachOf } from '../../dist/move/parallel.js';

test('each item is handled once, and never more at a time than allowed', async () => {
  const done: number[] = [];
  let underWay = 0;
  let most = 0;
  await eachOf(
    Array.from({ length: 100 }, (_, at) => at),
    7,
    async (item) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      done.push(item);
    },
  );
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  expect(most).toBe(7);
});

test('after a failure no other item is started, and the ones in progress are awaited', async () => {
  const begun: number[] = [];
  let ended = 0;
  const all = eachOf([0, 1, 2, 3, 4, 5, 6, 7], 2, async (item) => {
    begun.push(item);
    if (item === 2) throw new Error('the third');
    await new Promise((resolve) => setImmediate(resolve));
    ended += 1;
  });
  await expect(all).rejects.toThrow('the third');
  expect(begun).not.toContain(7);
  expect(ended).toBe(begun.length - 1);
});
