import { expect, test } from 'vitest';
import { secondsUntilTurn } from '../dist/uploads/publisher.js';

test.each([
  ['alone', { a: 1 }, 'a', 20, 2],
  ['one image beside a batch waits for one turn of the batch', { a: 1, batch: 10_000 }, 'a', 20, 2],
  ['a batch waits for itself and as much of others', { a: 100, batch: 10_000 }, 'a', 20, 14],
  ['an hour at most', { batch: 1_000_000 }, 'batch', 1, 3_600],
] as const)('Retry-After: %s', (_, pending, caller, perSecond, seconds) => {
  expect(secondsUntilTurn(new Map(Object.entries(pending)), caller, perSecond)).toBe(seconds);
});
