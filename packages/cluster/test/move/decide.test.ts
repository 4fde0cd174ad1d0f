import { describe, expect, test } from 'vitest';
import { decide, digest, UNDER_WAY } from '../../dist/move/records.js';

describe('what happens to a record of the folder', () => {
  test.each([
    ['new', 'move', 'a', undefined, undefined],
    ['brought, and the same', 'equal', 'a', 'a', 'a'],
    ['the same before anything was brought', 'equal', 'a', 'a', undefined],
    ['changed in the folder since', 'move', 'b', 'a', 'a'],
    ['changed in the cluster since', 'keep', 'a', 'b', 'a'],
    ['changed on both sides', 'conflict', 'b', 'c', 'a'],
    ['changed on both sides to the same', 'equal', 'b', 'b', 'a'],
    ['another in the cluster, from elsewhere', 'conflict', 'a', 'b', undefined],
    ['half brought by a run that was killed', 'move', 'a', 'b', UNDER_WAY],
  ] as const)('%s: %s', (_, verdict, here, there, brought) => {
    expect(decide(here, there, brought)).toBe(verdict);
  });

  test('the order of properties does not matter, and an absent property equals an undefined one', () => {
    expect(digest({ a: 1, b: [{ c: 'x', d: true }] })).toBe(
      digest({ b: [{ d: true, c: 'x' }], a: 1, e: undefined }),
    );
    expect(digest({ a: 1 })).not.toBe(digest({ a: '1' }));
    expect(digest(['a', 'b'])).not.toBe(digest(['b', 'a']));
  });
});
