import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNonceWindow } from '../../dist/limits/embedded.js';
import type { UsedNonce } from '../../dist/limits/nonces.js';

const nonce = (key: string, expiresAt = 1300) => ({ key, expiresAt });

/** Records kept nonces in memory. */
function createRecord() {
  const kept = new Set<string>();
  return {
    kept,
    remember: async ({ key }: UsedNonce) => void kept.add(key),
    forget: async ({ key }: UsedNonce) => void kept.delete(key),
  };
}

test('a nonce is reserved once, until it is released', async () => {
  const window = createNonceWindow(() => 1000, createRecord());
  expect(window.reserve(nonce('a'))).toBe(true);
  expect(window.reserve(nonce('a'))).toBe(false);
  expect(window.reserve(nonce('b'))).toBe(true);
  await window.release(nonce('a'), false);
  expect(window.reserve(nonce('a'))).toBe(true);
});

test('releasing a nonce that was never reserved does nothing', async () => {
  const window = createNonceWindow(() => 1000, createRecord());
  await window.release(nonce('a'), false);
  expect(window.reserve(nonce('a'))).toBe(true);
});

test('a kept nonce is recorded until it is released as settled', async () => {
  const record = createRecord();
  const window = createNonceWindow(() => 1000, record);
  await window.reserve(nonce('a'));
  await window.keep(nonce('a'));
  expect([...record.kept]).toEqual(['a']);
  await window.release(nonce('a'), false);
  expect([...record.kept]).toEqual(['a']);
  await window.release(nonce('a'), true);
  expect([...record.kept]).toEqual([]);
});

test('a record that cannot be removed does not prevent another attempt', async () => {
  const forget = () => Promise.reject(new Error('no disk'));
  const window = createNonceWindow(() => 1000, { ...createRecord(), forget });
  await window.reserve(nonce('a'));
  await window.release(nonce('a'), true);
  expect(window.reserve(nonce('a'))).toBe(true);
});

test('a nonce reserved before a restart stays reserved', () => {
  const window = createNonceWindow(() => 1000, createRecord(), [nonce('a'), nonce('a'), nonce('b', 1299)]);
  expect(window.reserve(nonce('a'))).toBe(false);
  expect(window.reserve(nonce('b', 1299))).toBe(false);
  expect(window.reserve(nonce('c'))).toBe(true);
});

test('a nonce is kept through its last second and no longer (contract 2.9)', () => {
  let now = 1000;
  const window = createNonceWindow(() => now, createRecord(), [nonce('a')]);
  now = 1300;
  expect(window.reserve(nonce('a'))).toBe(false);
  expect(window.size()).toBe(1);
  now = 1301;
  expect(window.reserve(nonce('b', 1301))).toBe(true);
  expect(window.size()).toBe(1);
});

test('a forgotten nonce is not accepted again, even if the clock steps back', () => {
  let now = 1000;
  const window = createNonceWindow(() => now, createRecord());
  expect(window.reserve(nonce('a', 1300))).toBe(true);
  now = 1600;
  expect(window.reserve(nonce('b', 1900))).toBe(true);
  now = 1001;
  expect(window.reserve(nonce('a', 1300))).toBe(false);
  // It is not known whether this nonce was reserved before.
  expect(window.reserve(nonce('c', 1301))).toBe(false);
  expect(window.reserve(nonce('d', 1600))).toBe(true);
});

test('the window behaves like a set of reserved and unreleased nonces, in any order', async () => {
  const keys = fc.constantFrom('a', 'b', 'c');
  const acts = fc.array(fc.record({ release: fc.boolean(), key: keys, lasts: fc.nat(5), wait: fc.nat(2) }));
  await fc.assert(
    fc.asyncProperty(acts, async (sequence) => {
      let now = 1000;
      const window = createNonceWindow(() => now, createRecord());
      const reserved = new Map<string, number>();
      for (const { release, key, lasts, wait } of sequence) {
        now += wait;
        const expiresAt = now + lasts;
        const id = `${key} ${expiresAt}`;
        if (release) {
          await window.release(nonce(id, expiresAt), false);
          reserved.delete(id);
        } else {
          expect(window.reserve(nonce(id, expiresAt))).toBe(!reserved.has(id));
          reserved.set(id, expiresAt);
        }
      }
    }),
  );
});
