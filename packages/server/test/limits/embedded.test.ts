import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createNonceWindow, createQuota } from '../../dist/limits/embedded.js';
import { nonceWindowContract, quotaContract } from '../contracts/limits.js';

const recordsNothing = { remember: async () => {}, forget: async () => {} };
const window = createNonceWindow(() => Math.floor(Date.now() / 1000), recordsNothing);
nonceWindowContract(() => window);

const shared = createQuota(() => performance.now());
quotaContract(() => shared);

it('allows a burst of twice the rate, then the rate', () => {
  let now = 0;
  const quota = createQuota(() => now);
  const taken = Array.from({ length: 12 }, () => quota.take('1900000001', 5));
  expect(taken.filter((wait) => wait === 0)).toHaveLength(10);
  expect(taken.at(-1)).toBeCloseTo(0.2);
  now += 200;
  expect(quota.take('1900000001', 5)).toBe(0);
  expect(quota.take('1900000001', 5)).toBeGreaterThan(0);
});

it('separates merchants', () => {
  const quota = createQuota(() => 0);
  const waits = Array.from({ length: 10 }, () => quota.take('1900000001', 1));
  expect(waits.at(-1)).toBeGreaterThan(0);
  expect(quota.take('1900000002', 1)).toBe(0);
});

it('admits a merchant after the required wait, and never more often than rate and burst allow', () => {
  const step = fc.record({ pause: fc.nat(2000), patient: fc.boolean() });
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      fc.array(step, { maxLength: 100 }),
      (rate, steps) => {
        let now = 0;
        let allowed = 0;
        const quota = createQuota(() => now);
        for (const { pause, patient } of steps) {
          now += pause;
          const wait = Number(quota.take('1900000001', rate));
          if (wait === 0) allowed += 1;
          else if (patient) {
            now += Math.ceil(wait) * 1000;
            expect(quota.take('1900000001', rate)).toBe(0);
            allowed += 1;
          }
          expect(allowed).toBeLessThanOrEqual(Math.max(1, 2 * rate) + (now / 1000) * rate + 1e-6);
        }
      },
    ),
  );
});
