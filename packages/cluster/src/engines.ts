import type { Logger } from 'pino';
import type { ClusterConfig } from '../config.js';
import { openRedisLimits } from '../limits/redis/index.js';
import { openClusterStore } from '../stores/cluster/index.js';
import type { EngineCall } from './calls.js';
import type { Engines } from './index.js';

/**
 * PostgreSQL for records, S3 for bytes, Redis for nonces and quotas: shared by any number of nodes.
 *
 * @throws StoreError or LimitsError that names the engine which cannot be used, and why
 */
export async function openClusterEngines(
  config: ClusterConfig,
  log: Logger,
  observe?: (call: EngineCall) => void,
): Promise<Engines> {
  const store = await openClusterStore(config, observe);
  try {
    const limits = await openRedisLimits({
      url: config.redisUrl,
      away: config.redisFailureMode,
      deadline: config.engineDeadlineMs,
      observe,
      log: (level, message) => log[level](message),
      lasting: store.nonces,
    });
    return {
      images: store.images,
      merchants: store.merchants,
      nonces: limits.nonces,
      quota: limits.quota,
      async ready() {
        await Promise.all([store.images.ready(), limits.ready()]);
      },
      vitals: () => ({
        breakers: {
          postgres: store.breakers.postgres.state,
          s3: store.breakers.s3.state,
          redis: limits.breaker.state,
        },
        pool: { ...store.pool(), limit: config.databaseMaxConnections },
      }),
      async close() {
        await store.close();
        await limits.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
