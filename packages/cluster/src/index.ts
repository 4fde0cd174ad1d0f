export {
  checkClusterStore,
  openClusterDatabase,
  openClusterImages,
  openClusterMerchants,
} from './administration.js';
export type { CheckOptions } from './check.js';
export { EngineError } from './engine/calls.js';
export type { ClusterOptions, ClusterStoreOptions } from './engine/options.js';
export { openClusterEngines } from './engines.js';
export { migrateToCluster } from './move/move.js';
export {
  type Difference,
  type LeftBehind,
  MigrationError,
  type MoveOptions,
  type MoveProgress,
  type MoveReport,
} from './move/report.js';
export { LimitsError } from './redis/errors.js';
