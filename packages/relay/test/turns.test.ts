import { expect, test } from 'vitest';
import { secondsUntilTurn } from '../dist/uploads/publisher.js';

test.each([
  ['settled meanwhile', undefined, 20, 1],
  ['alone', { own: 1, callers: 1 }, 20, 2],
  ['one image beside a batch waits for one turn of the batch', { own: 1, callers: 2 }, 20, 2],
  ['the hundredth waits for itself and as much of each other', { own: 100, callers: 2 }, 20, 14],
  ['an hour at most', { own: 1_000_000, callers: 1 }, 1, 3_600],
] as const)('Retry-After: %s', (_, place, perSecond, seconds) => {
  expect(secondsUntilTurn(place, perSecond)).toBe(seconds);
});
