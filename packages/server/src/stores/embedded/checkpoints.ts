import { openInBackground } from './binding.js';

/** Copies the write-ahead log into the database, alongside the commits and not inside one of them. */
export interface Checkpoints {
  /**
   * Called before a group of commits begins. Occasionally the group has to wait, so that the log is empty for a moment
   * and restarts at its beginning.
   */
  turn(): Promise<void>;
  /** @param bytes approximate bytes that a commit added to the log */
  grew(bytes: number): void;
  close(): Promise<void>;
}

/**
 * Bytes of log after which it is copied while commits continue. If SQLite decided, the commit that reaches the limit
 * would wait for the copy.
 */
const COPY_AFTER = 8 * 1024 * 1024;
/** Bytes of log after which commits are held back until the log is copied completely. */
const RESTART_AFTER = 32 * 1024 * 1024;

export async function createCheckpoints(database: string): Promise<Checkpoints> {
  const connection = await openInBackground(database, 0);
  await connection.exec('PRAGMA store.synchronous=FULL');
  let log = 0;
  let uncopied = 0;
  let copying: Promise<void> | undefined;
  let restart = false;

  // A failed copy leaves the log unchanged. Nothing is lost, and the next copy includes it.
  function copy(): Promise<void> {
    uncopied = 0;
    return connection.exec('PRAGMA store.wal_checkpoint(PASSIVE)').catch(() => undefined);
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
        // At this point only commits made during the copy remain to be copied.
        restart = log >= RESTART_AFTER;
      });
    },
    async close() {
      await copying;
      await connection.exec('PRAGMA store.wal_checkpoint(TRUNCATE)').catch(() => undefined);
      await connection.close();
    },
  };
}
