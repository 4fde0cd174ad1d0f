import { createHash } from 'node:crypto';
import type { NonceWindow, Quota } from '@coupon-media/server/engine';
import { createEngineCalls, type EngineCalls } from '../engine/calls.js';
import type { Observe } from '../engine/options.js';
import { connect, type Link, type RedisConnection } from './connection.js';
import { isOutage } from './errors.js';
import { createMemoryLimits, isAway } from './memory.js';
import { createRedisNonces, forgotten } from './nonces.js';
import { TAKE } from './scripts.js';

export interface RedisLimitsOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** While Redis is away: refuse, or go on in this node's memory ({@link createMemoryLimits} says what that costs). */
  readonly away: 'refuse' | 'memory';
  /** Milliseconds that a call may take. */
  readonly deadline: number;
  observe?: Observe | undefined;
  log?: ((level: 'info' | 'warn', message: string) => void) | undefined;
  /** What the keys begin with, where others use the same database. Default: coupon-media */
  readonly prefix?: string;
  /**
   * A window that outlives Redis, for the few nonces for which Redis' own memory does not do. Without it, five minutes of requests
   * are refused after Redis has lost its memory, and not three seconds.
   */
  readonly durable?: NonceWindow | undefined;
}

export interface RedisLimits {
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** Rejects, with the reason, where requests signed now are not accepted. */
  ready(): Promise<void>;
  /** Whether Redis is taken to be away. */
  readonly breaker: Pick<EngineCalls, 'state'>;
  close(): Promise<void>;
}

/**
 * Nonces and quotas in one Redis, version 6.2 or newer, shared by all nodes. While it is away, or has lost its memory, both
 * reject with a LimitsError or an EngineError.
 *
 * @throws LimitsError where Redis is not reached at start, or set up so that it forgets
 */
export async function openRedisLimits({
  url,
  away,
  deadline,
  observe,
  log = () => {},
  prefix = 'coupon-media',
  durable,
}: RedisLimitsOptions): Promise<RedisLimits> {
  // Braces: where Redis is a cluster, what one script touches is on one node of it.
  const key = (...words: string[]) => [`{${prefix}}`, ...words].join(':');
  const epoch = key('epoch');
  const calls = createEngineCalls({ engine: 'redis', deadline, isOutage, observe });
  const steps: ((link: Link) => Promise<void>)[] = [];
  const prepare = async (link: Link) => {
    for (const step of steps) await step(link);
  };
  const connection = await connect({ url, epoch, deadline, prepare, log });
  const redis = {
    nonces: createRedisNonces(connection, calls, { epoch, nonce: (id) => key('nonce', id) }, durable),
    quota: createRedisQuota(connection, calls, (id) => key('quota', digest(id))),
  };
  const memory = away === 'memory' ? createMemoryLimits(redis, () => connection.link) : undefined;
  steps.push(redis.nonces.prepare);
  if (memory) steps.push(memory.prepare);
  const { nonces, quota } = memory ?? redis;
  return {
    nonces,
    quota,
    async ready() {
      const seconds = await redis.nonces.wait().catch((error) => {
        if (memory && isAway(error)) return 0;
        throw error;
      });
      if (seconds > 0) throw forgotten(seconds);
    },
    breaker: calls,
    close: async () => connection.close(),
  };
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/** The token buckets of all nodes, in one Redis. When it loses its memory, every merchant has a full one. */
function createRedisQuota(
  connection: RedisConnection,
  calls: EngineCalls,
  key: (id: string) => string,
): Quota {
  return {
    async take(id, rate) {
      const say = () => [key(id), String(rate)];
      const wait = await calls.call('take', (signal) => connection.ask(TAKE, say, signal), {
        repeatable: false, // it would take two
      });
      return Number(wait);
    },
  };
}
