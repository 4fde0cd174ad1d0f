import { createHash } from 'node:crypto';
import type { NonceWindow, Quota } from '@coupon-media/server/engine';
import { createEngineCalls, type EngineCalls } from '../engine/calls.js';
import type { ClusterOptions, Observe } from '../engine/options.js';
import type { RunRegister } from '../engine/run-register.js';
import { connect, type Link, type RedisConnection } from './connection.js';
import { isOutage } from './errors.js';
import { quotaKey } from './keys.js';
import { LEASE } from './lease.js';
import { createMemoryLimits, isAway } from './memory.js';
import { createRedisNonces, forgotten } from './nonces.js';
import { TAKE } from './scripts.js';
import type { TlsFiles } from './tls.js';

export interface RedisLimitsOptions {
  /** `redis://`, `rediss://`, or one of the other forms that {@link readRedisUrl} reads. */
  readonly url: string;
  /** Files for `rediss`. Default: none. */
  readonly tls?: TlsFiles;
  /** The password of the Sentinels themselves. */
  readonly sentinelPassword?: string | undefined;
  /**
   * Without Redis: refuse requests, or continue in the memory of this node ({@link createMemoryLimits} describes the
   * cost).
   */
  readonly away: 'refuse' | 'memory';
  /** Milliseconds that one call may take. */
  readonly deadline: number;
  observe?: Observe | undefined;
  log?: ((level: 'info' | 'warn', message: string) => void) | undefined;
  /**
   * A window that survives a loss of Redis' memory, for the few nonces for which Redis does not suffice. Without it,
   * such a loss leads to five minutes of refused requests instead of three seconds.
   */
  readonly durable?: NonceWindow | undefined;
  /**
   * Where the Redis that all nodes use is registered. Without it, two that both hold themselves for the primary, after a
   * network was divided, would accept the same request.
   */
  readonly runs?: RunRegister | undefined;
}

export interface RedisLimits {
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** Rejects with the reason if requests that are signed now would not be accepted. */
  ready(): Promise<void>;
  /** The circuit breaker of Redis. */
  readonly breaker: Pick<EngineCalls, 'state'>;
  close(): Promise<void>;
}

/**
 * Opens nonces and quotas in one Redis, version 6.2 or newer, that all nodes share. While Redis is away or has lost its
 * memory, both reject with a LimitsError or an EngineError.
 *
 * @throws LimitsError if Redis cannot be reached at the start, or its settings let it forget keys
 */
export async function openRedisLimits({
  url,
  tls = {},
  sentinelPassword,
  away,
  deadline,
  observe,
  log = () => {},
  durable,
  runs,
}: RedisLimitsOptions): Promise<RedisLimits> {
  const calls = createEngineCalls({ engine: 'redis', deadline, isOutage, observe });
  const steps: ((link: Link) => Promise<void>)[] = [];
  const prepare = async (link: Link) => {
    for (const step of steps) await step(link);
  };
  const connection = await connect({ url, tls, sentinelPassword, deadline, runs, prepare, log });
  const redis = {
    nonces: createRedisNonces(connection, calls, runs ? LEASE : 0, durable),
    quota: createRedisQuota(connection, calls),
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

/** The options for the Redis that the settings of a node name. */
export function redisOptions(
  options: ClusterOptions,
): Pick<RedisLimitsOptions, 'url' | 'tls' | 'sentinelPassword' | 'deadline'> {
  const { redisUrl, redisCaFile, redisCertFile, redisKeyFile, redisSentinelPassword } = options;
  return {
    url: redisUrl,
    tls: { ca: redisCaFile, certificate: redisCertFile, key: redisKeyFile },
    sentinelPassword: redisSentinelPassword,
    deadline: options.engineDeadlineMs,
  };
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/** The token buckets of all nodes in one Redis. If Redis loses its memory, every merchant has a full bucket. */
function createRedisQuota(connection: RedisConnection, calls: EngineCalls): Quota {
  return {
    async take(id, rate) {
      const say = () => [quotaKey(digest(id)), String(rate)];
      const wait = await calls.call('take', (signal) => connection.ask(TAKE, say, signal), {
        repeatable: false, // it would take two tokens
      });
      return Number(wait);
    },
  };
}
