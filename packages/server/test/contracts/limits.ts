import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NonceWindow, Quota, UsedNonce } from '@coupon-media/server/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** A nonce that no test has used before, of a request signed now or this many seconds later. */
export function nonce(later = 0, key = `1900000001 4A ${randomUUID()}`): UsedNonce {
  const signedAt = Math.floor(Date.now() / 1000) + later;
  return { key: `${key} ${signedAt}`, expiresAt: signedAt + 300 };
}

/**
 * What every window must do.
 *
 * @param open returns a window that other tests may have used before
 */
export function nonceWindowContract(open: () => NonceWindow) {
  describe('a nonce window', () => {
    it('reserves a nonce once, until it is released', async () => {
      const window = open();
      const [a, b] = [nonce(), nonce()];
      expect(await window.reserve(a)).toBe(true);
      expect(await window.reserve({ ...a })).toBe(false);
      expect(await window.reserve(b)).toBe(true);
      await window.release(a, false);
      const again = { ...a };
      expect(await window.reserve(again)).toBe(true);
      expect(await window.reserve({ ...a })).toBe(false);
      expect(await window.reserve({ ...b })).toBe(false);
    });

    it('ignores the release of a nonce that was never reserved', async () => {
      const window = open();
      const a = nonce();
      await window.release(a, false);
      expect(await window.reserve(a)).toBe(true);
      expect(await window.reserve({ ...a })).toBe(false);
    });

    it('remembers kept nonces', async () => {
      const window = open();
      const a = nonce();
      expect(await window.reserve(a)).toBe(true);
      await window.keep(a);
      expect(await window.reserve({ ...a })).toBe(false);
    });

    it('forgets kept nonces whose response could not be sent', async () => {
      const window = open();
      const a = nonce();
      expect(await window.reserve(a)).toBe(true);
      await window.keep(a);
      await window.release(a, true);
      expect(await window.reserve({ ...a })).toBe(true);
    });

    it('accepts any timestamp that the protocol allows', async () => {
      const window = open();
      for (const later of [-299, -60, 60, 299]) {
        const a = nonce(later);
        expect(await window.reserve(a)).toBe(true);
        expect(await window.reserve({ ...a })).toBe(false);
      }
    });

    it('distinguishes nonces by everything that identifies a request, however long', async () => {
      const window = open();
      const long = 'x'.repeat(20_000);
      const keys = ['', ' ', 'é', '随机串', '\u0000', 'a:b', '{a}b', `${long}a`, `${long}b`];
      const own = keys.map((key) => nonce(0, `${nonce().key}${key}`));
      for (const a of own) expect(await window.reserve(a)).toBe(true);
      for (const a of own) expect(await window.reserve({ ...a })).toBe(false);
    });

    it('gives a nonce to one of many simultaneous requests', async () => {
      const window = open();
      const a = nonce();
      const given = await Promise.all(Array.from({ length: 50 }, () => window.reserve({ ...a })));
      expect(given.filter(Boolean)).toHaveLength(1);
    });

    it('behaves like a set of reserved and unreleased nonces, in any order', async () => {
      const acts = fc.array(fc.record({ release: fc.boolean(), which: fc.nat(2), settled: fc.boolean() }));
      await fc.assert(
        fc.asyncProperty(acts, async (sequence) => {
          const window = open();
          const own = [nonce(), nonce(), nonce()];
          const reserved = new Map<number, UsedNonce>();
          for (const { release, which, settled } of sequence) {
            const fresh = { ...own[which] } as UsedNonce;
            if (release) {
              await window.release(reserved.get(which) ?? fresh, settled);
              reserved.delete(which);
            } else {
              expect(await window.reserve(fresh)).toBe(!reserved.has(which));
              if (!reserved.has(which)) reserved.set(which, fresh);
            }
          }
        }),
        { numRuns: 30 },
      );
    });
  });
}

/**
 * What every quota must do.
 *
 * @param open returns quotas that other tests may have used before for other merchants
 */
export function quotaContract(open: () => Quota) {
  const merchant = () => randomUUID();

  describe('quotas', () => {
    it('allow a burst of twice the rate, then the rate', async () => {
      const quota = open();
      const id = merchant();
      const begun = performance.now();
      const waits = await Promise.all(Array.from({ length: 60 }, () => quota.take(id, 5)));
      const passed = (performance.now() - begun) / 1000;
      const allowed = waits.filter((wait) => wait === 0).length;
      expect(allowed).toBeGreaterThanOrEqual(10);
      expect(allowed).toBeLessThanOrEqual(10 + Math.ceil(passed * 5));
      for (const wait of waits) expect(wait).toBeLessThanOrEqual(0.2);
    });

    it('allow at least one, and report long waits', async () => {
      const quota = open();
      const id = merchant();
      expect(await quota.take(id, 0.01)).toBe(0);
      const wait = await quota.take(id, 0.01);
      expect(wait).toBeGreaterThan(90);
      expect(wait).toBeLessThanOrEqual(100);
    });

    it('admit a merchant that has waited as long as required', async () => {
      const quota = open();
      const id = merchant();
      for (let round = 0; round < 3; round += 1) {
        let wait = await quota.take(id, 10);
        while (wait === 0) wait = await quota.take(id, 10);
        await sleep(wait * 1000 + 2); // a timer may be a millisecond early
        expect(await quota.take(id, 10)).toBe(0);
      }
    });

    it('are separate for each merchant', async () => {
      const quota = open();
      const [a, b] = [merchant(), merchant()];
      const waits = await Promise.all(Array.from({ length: 10 }, () => quota.take(a, 1)));
      expect(waits.at(-1)).toBeGreaterThan(0);
      expect(await quota.take(b, 1)).toBe(0);
    });
  });
}
