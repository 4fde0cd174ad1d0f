import type { Logger } from 'pino';
import type { ClusterConfig } from '../config.js';
import type { Engines } from './index.js';

/** PostgreSQL for records, S3 for bytes, Redis for nonces and quotas: shared by any number of nodes. */
export async function openClusterEngines(_config: ClusterConfig, _log: Logger): Promise<Engines> {
  throw new Error('not yet');
}
