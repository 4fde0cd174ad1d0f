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

/** A window and quotas that go on in this node's memory while Redis is away. */
export interface MemoryLimits {
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** Writes to a Redis that is back what was reserved without it. To be awaited before the link is used. */
  prepare(link: Link): Promise<void>;
}

/**
 * What it costs: while Redis is away, a request that one node accepted is accepted by another as well, once by each; and each
 * node gives every merchant its whole rate. What this node accepted itself, before or since, it does not accept again.
 *
 * @param link the one that is in use, if there is one
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
          // Redis may not have heard what was reserved here a moment ago.
          return own.reserve(nonce);
        } catch (error) {
          if (!isAway(error)) throw error;
        }
        if (!own.reserve(nonce)) return false;
        unwritten.add(nonce);
        // It may be back since this call failed.
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

/** Whether Redis is away, as against: it answered, and refused. */
export function isAway(error: unknown): boolean {
  return error instanceof EngineError || isOutage(error);
}
