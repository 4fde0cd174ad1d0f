import type { Quota } from './index.js';
import type { NonceRecord, NonceWindow, UsedNonce } from './nonces.js';

/**
 * Creates a nonce window in the memory of this process. A nonce that the window has forgotten is never accepted;
 * otherwise a clock that jumps ahead and back would let requests pass twice.
 *
 * @param now Unix seconds
 * @param record stores the nonces that must survive a restart
 * @param restored nonces that were recorded before the process started
 */
export function createNonceWindow(
  now: () => number,
  record: Pick<NonceRecord, 'remember' | 'forget'>,
  restored: Iterable<UsedNonce> = [],
): NonceWindow & { size(): number } {
  // Each second at which nonces expire has its own set. Whole sets are dropped, so expiry searches no entries.
  const bySecond = new Map<number, Set<string>>();
  let sweptAt = 0;
  /** Unix seconds. Nonces that expired before this time are forgotten. */
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
      // The record is removed first, since it would outlive this memory. If it cannot be removed, it expires.
      if (settled) await record.forget(nonce).catch(() => {});
      bySecond.get(nonce.expiresAt)?.delete(nonce.key);
    },
    size: () => [...bySecond.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

/** A quota that answers at once. */
export interface MemoryQuota extends Quota {
  take(id: string, rate: number): number;
}

/**
 * Creates one token bucket per merchant in the memory of this process.
 *
 * @param now a monotonic clock in milliseconds
 */
export function createQuota(now: () => number): MemoryQuota {
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
