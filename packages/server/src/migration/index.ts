import type { MoveOptions, MoveReport } from './report.js';

/*
 * Moving what a folder holds (stores/embedded) to the engines that many nodes share (stores/cluster).
 *
 *   move         everything, in the order that keeps "what has a row has bytes" true at every moment
 *   source       the folder, read in batches in the order in which it grew
 *   destination  the three engines, open
 *   target       PostgreSQL: batches of rows in one statement, and how far they go in the same transaction
 *   records      merchants, platform keys and settings: whatever was changed on one side alone
 *   images       bytes to the bucket, many at a time, their digests verified on the way
 *   uploads      records of uploads, in order
 *   verify       every record compared, every image read back
 */

export {
  type Difference,
  type LeftBehind,
  MigrationError,
  type MoveOptions,
  type MoveProgress,
  type MoveReport,
} from './report.js';

/**
 * Moves what a folder holds to a cluster. It can be killed at any moment, and goes on from there when it is called
 * again; once all is moved, a call brings what has come since, and nothing twice. The folder is only read.
 *
 * @throws MigrationError, ConfigError, StoreError, or what an engine says
 */
export async function migrateToCluster(options: MoveOptions): Promise<MoveReport> {
  // Only here: the engines' libraries are half of what a command would load.
  const { move } = await import('./move.js');
  return move(options);
}
