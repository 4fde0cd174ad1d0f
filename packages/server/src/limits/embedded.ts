import type { Quota } from './index.js';
import type { NonceRecord, NonceWindow, UsedNonce } from './nonces.js';

/**
 * A nonce window in this process's memory. What it has forgotten it never accepts: a clock that steps ahead and back would
 * otherwise let requests pass a second time.
 *
 * @param now Unix seconds
 * @param record of what is kept
 * @param restored what was recorded before the process started
 */
export function createNonceWindow(
  now: () => number,
  record: Pick<NonceRecord, 'remember' | 'forget'>,
  restored: Iterable<UsedNonce> = [],
): NonceWindow & { size(): number } {
  // A set for each second at which nonces expire: whole sets are dropped, and no entry is ever searched for.
  const bySecond = new Map<number, Set<string>>();
  let sweptAt = 0;
  /** Unix seconds: nonces that expired before are forgotten. */
  let forgottenBefore = 0;
  for (const nonce of restored) reserve(nonce);

  function reserve({ key, expiresAt }: UsedNonce): boolean {
    sweep(now());
    if (expiresAt < forgottenBefore) return false;
    const used = bySecond.get(expiresAt);
    if (used?.has(key)) return false;
    if (used) used.add(key);
    else bySecond.set(expiresAt, new Set([key]));
    return true;
  }

  function sweep(second: number): void {
    if (second === sweptAt) return;
    sweptAt = second;
    forgottenBefore = Math.max(forgottenBefore, second);
    for (const expiresAt of bySecond.keys()) {
      if (expiresAt < second) bySecond.delete(expiresAt);
    }
  }

  return {
    reserve,
    keep: (nonce) => record.remember(nonce),
    async release(nonce, settled) {
      // First, since the record would outlive this memory; where it cannot be taken back, it expires.
      if (settled) await record.forget(nonce).catch(() => {});
      bySecond.get(nonce.expiresAt)?.delete(nonce.key);
    },
    size: () => [...bySecond.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

/**
 * A token bucket a merchant, in this process's memory.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createQuota(now: () => number): Quota {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(id, rate) {
      const at = now();
      const burst = Math.max(1, rate * 2);
      const last = buckets.get(id) ?? { tokens: burst, at };
      const tokens = Math.min(burst, last.tokens + ((at - last.at) / 1000) * rate);
      const allowed = tokens >= 1;
      buckets.set(id, { tokens: allowed ? tokens - 1 : tokens, at });
      return allowed ? 0 : (1 - tokens) / rate;
    },
  };
}
