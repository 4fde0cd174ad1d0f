import { openInBackground } from './binding.js';

/** Copies what SQLite's log holds into the database, beside the commits rather than inside one. */
export interface Checkpoints {
  /**
   * Before a group begins: now and then it has to wait, so that the log is empty for a moment and starts
   * again from its head.
   */
  turn(): Promise<void>;
  /** @param bytes how much a commit added to the log, about */
  grew(bytes: number): void;
  close(): Promise<void>;
}

/**
 * Bytes of log after which a copy is made, commits going on. Left to SQLite, the commit that reaches this
 * would wait for it.
 */
const COPY_AFTER = 8 * 1024 * 1024;
/** Bytes of log after which the commits are held back until the last of it is copied. */
const RESTART_AFTER = 32 * 1024 * 1024;

export async function createCheckpoints(database: string): Promise<Checkpoints> {
  const connection = await openInBackground(database, 0);
  await connection.exec('PRAGMA synchronous=FULL');
  let log = 0;
  let uncopied = 0;
  let copying: Promise<void> | undefined;
  let restart = false;

  // A copy that fails leaves the log as it was: nothing is lost, and the next copy takes it along.
  function copy(): Promise<void> {
    uncopied = 0;
    return connection.exec('PRAGMA wal_checkpoint(PASSIVE)').catch(() => undefined);
  }

  return {
    async turn() {
      if (!restart) return;
      restart = false;
      log = 0;
      await copy();
    },
    grew(bytes) {
      log += bytes;
      uncopied += bytes;
      if (copying || restart || uncopied < COPY_AFTER) return;
      copying = copy().then(() => {
        copying = undefined;
        // Only what was committed during this copy is left to do.
        restart = log >= RESTART_AFTER;
      });
    },
    async close() {
      await copying;
      await connection.exec('PRAGMA wal_checkpoint(TRUNCATE)').catch(() => undefined);
      connection.close();
    },
  };
}
