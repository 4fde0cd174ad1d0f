import type { EngineHooks, Engines } from '@coupon-media/server/engine';
import type { ClusterOptions } from './engine/options.js';
import { openRedisLimits, redisOptions } from './redis/limits.js';
import { openClusterStore } from './store.js';

/**
 * Opens the engines of a cluster node: PostgreSQL for records, S3 for bytes, Redis for nonces and quotas. Any number of
 * nodes share them.
 *
 * @param options the settings of a configuration that names a cluster
 * @throws StoreError or LimitsError that names the engine that cannot be used, and why
 */
export async function openClusterEngines(
  options: ClusterOptions,
  { log, observe }: EngineHooks,
): Promise<Engines> {
  const store = await openClusterStore(options, observe);
  if (!store.endsStatements)
    log.warn(
      'the pooler in front of PostgreSQL passes on no statement_timeout: a statement that exceeds COUPON_MEDIA_ENGINE_DEADLINE_MS may go on there; alter role … set statement_timeout limits it',
    );
  if (!store.comparesDigests)
    log.warn(
      'the object store takes bytes that are not those of the signed digest: what is damaged on the way to it is stored, and only store check --deep finds it; such stores are for tests',
    );
  try {
    const limits = await openRedisLimits({
      ...redisOptions(options),
      away: options.redisFailureMode,
      observe,
      log: (level, message) => log[level](message),
      durable: store.nonces,
      runs: store.runs,
    });
    return {
      images: store.images,
      merchants: store.merchants,
      nonces: limits.nonces,
      quota: limits.quota,
      database: store.database,
      async ready() {
        await Promise.all([store.images.ready(), limits.ready()]);
      },
      stats: () => ({
        breakers: {
          postgres: store.breakers.postgres.state,
          s3: store.breakers.s3.state,
          redis: limits.breaker.state,
        },
        pool: { ...store.pool(), limit: options.databaseMaxConnections },
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
