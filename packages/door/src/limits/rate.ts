import type { Quota } from '@coupon-media/server/engine';
import type { TokenRecord } from '../tokens/tokens.js';

export interface Rate {
  /** @returns the seconds to wait, 0 if the upload is within the quota, and the header fields that say so */
  take(token: TokenRecord): Promise<{ readonly wait: number; readonly headers: RateHeaders }>;
}

/** The fields of draft-ietf-httpapi-ratelimit-headers; none for a token without a quota. */
export type RateHeaders = Readonly<Partial<Record<'RateLimit-Policy' | 'RateLimit', string>>>;

/**
 * The quota of the engines decides, which all nodes share. What is left is what this node has seen: another node may have used more of it.
 *
 * @param now a monotonic clock in milliseconds
 */
export function createRate(quota: Quota, now: () => number): Rate {
  const seen = new Map<string, { left: number; at: number }>();
  return {
    async take({ id, quota: rate }) {
      if (rate === undefined) return { wait: 0, headers: {} };
      const at = now();
      const burst = Math.max(1, rate * 2);
      const last = seen.get(id) ?? { left: burst, at };
      const full = Math.min(burst, last.left + ((at - last.at) / 1000) * rate);
      const wait = await quota.take(`door ${id}`, rate);
      const left = wait > 0 ? 0 : Math.max(0, full - 1);
      seen.set(id, { left, at });
      // A bucket that refills is described as its burst and the time in which an empty one is full again.
      const seconds = Math.max(1, Math.ceil(burst / rate));
      return {
        wait,
        headers: {
          'RateLimit-Policy': `"token";q=${Math.floor(burst)};w=${seconds}`,
          RateLimit: `"token";r=${Math.floor(left)};t=${Math.ceil(wait > 0 ? wait : (burst - left) / rate)}`,
        },
      };
    },
  };
}
