import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNonceWindow } from '../../dist/limits/embedded.js';

const nonce = (key: string, expiresAt = 1300) => ({ key, expiresAt });

test('a nonce is reserved once, until it is released', async () => {
  const window = createNonceWindow(() => 1000);
  expect(window.reserve(nonce('a'))).toBe(true);
  expect(window.reserve(nonce('a'))).toBe(false);
  expect(window.reserve(nonce('b'))).toBe(true);
  await window.release(nonce('a'));
  expect(window.reserve(nonce('a'))).toBe(true);
});

test('to release what was never reserved does nothing', async () => {
  const window = createNonceWindow(() => 1000);
  await window.release(nonce('a'));
  expect(window.reserve(nonce('a'))).toBe(true);
});

test('what was reserved before a restart stays reserved', () => {
  const window = createNonceWindow(() => 1000, [nonce('a'), nonce('a'), nonce('b', 1299)]);
  expect(window.reserve(nonce('a'))).toBe(false);
  expect(window.reserve(nonce('b', 1299))).toBe(false);
  expect(window.reserve(nonce('c'))).toBe(true);
});

test('a nonce is kept through its last second, and no longer (contract 2.9)', () => {
  let now = 1000;
  const window = createNonceWindow(() => now, [nonce('a')]);
  now = 1300;
  expect(window.reserve(nonce('a'))).toBe(false);
  // The request would be too old now; that its nonce is forgotten shows that the window does not grow for ever.
  now = 1301;
  expect(window.reserve(nonce('a'))).toBe(true);
});

test('it agrees with a set of what was reserved and not released, however they come', async () => {
  const keys = fc.constantFrom('a', 'b', 'c');
  const acts = fc.array(fc.record({ release: fc.boolean(), key: keys, lasts: fc.nat(5), wait: fc.nat(2) }));
  await fc.assert(
    fc.asyncProperty(acts, async (sequence) => {
      let now = 1000;
      const window = createNonceWindow(() => now);
      const reserved = new Map<string, number>();
      for (const { release, key, lasts, wait } of sequence) {
        now += wait;
        const expiresAt = now + lasts;
        const id = `${key} ${expiresAt}`;
        if (release) {
          await window.release({ key: id, expiresAt });
          reserved.delete(id);
        } else {
          expect(window.reserve({ key: id, expiresAt })).toBe(!reserved.has(id));
          reserved.set(id, expiresAt);
        }
      }
    }),
  );
});
