import {
  createNonceWindow,
  createQuota,
  type NonceWindow,
  type Quota,
  type UsedNonce,
} from '@coupon-media/server/engine';
import { EngineError } from '../engine/calls.js';
import type { Link } from './connection.js';
import { isOutage } from './errors.js';
import type { RedisNonces } from './nonces.js';

/** Nonces and quotas in the memory of this node while Redis is away. */
export interface MemoryLimits {
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** Writes the nonces that were reserved without Redis to a new link. It must end before the link is used. */
  prepare(link: Link): Promise<void>;
}

/**
 * Creates limits in the memory of this node for the time without Redis. The cost: each node may accept the same request
 * once, and each node gives every merchant its full rate. A request that this node itself accepted is never accepted by
 * it again.
 *
 * @param link returns the current link, if there is one
 */
export function createMemoryLimits(
  redis: { nonces: RedisNonces; quota: Quota },
  link: () => Link | undefined,
): MemoryLimits {
  const recordsNothing = { remember: async () => {}, forget: async () => {} };
  const own = createNonceWindow(() => Math.floor(Date.now() / 1000), recordsNothing);
  const rates = createQuota(() => performance.now());
  const unwritten = new Set<UsedNonce>();

  async function write(to: Link): Promise<void> {
    while (unwritten.size > 0) {
      const some = [...unwritten];
      await redis.nonces.write(to, some);
      for (const nonce of some) unwritten.delete(nonce);
    }
  }

  return {
    nonces: {
      async reserve(nonce) {
        try {
          if (!(await redis.nonces.reserve(nonce))) return false;
          // Redis may not know yet what was reserved here a moment ago.
          return own.reserve(nonce);
        } catch (error) {
          if (!isAway(error)) throw error;
        }
        if (!own.reserve(nonce)) return false;
        unwritten.add(nonce);
        // Redis may have come back since this call failed.
        const current = link();
        if (current) write(current).catch(() => {});
        return true;
      },
      keep: () => {},
      async release(nonce, settled) {
        unwritten.delete(nonce);
        await redis.nonces.release(nonce, settled);
        await own.release(nonce, settled);
      },
    },
    quota: {
      async take(id, rate) {
        try {
          return await redis.quota.take(id, rate);
        } catch (error) {
          if (!isAway(error)) throw error;
          return rates.take(id, rate);
        }
      },
    },
    prepare: write,
  };
}

/** Whether Redis was away and did not just refuse. */
export function isAway(error: unknown): boolean {
  return error instanceof EngineError || isOutage(error);
}
