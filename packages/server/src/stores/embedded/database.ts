import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../index.js';
import { BUSY_TIMEOUT, isBusy, openConnection, type SqliteConnection } from './binding.js';
import type { Folder } from './folder.js';
import { upgradeSchema } from './schema.js';

/** Opens the folder's database, of today's schema. */
export async function openDatabase({ database }: Folder): Promise<SqliteConnection> {
  try {
    const connection = openConnection(database);
    // An image of 10 KiB and its records write fewest bytes, and take least time, with pages of 8 KiB (of 4,
    // 8 and 16 measured).
    await retryWhileBusy(() =>
      connection.exec('PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL'),
    );
    await upgradeSchema(connection);
    return connection;
  } catch (cause) {
    throw new StoreError(
      `${database} could not be opened: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
}

/**
 * For a new database, whose change to WAL does not wait for another process doing the same, whatever the busy
 * timeout.
 */
async function retryWhileBusy(act: () => void): Promise<void> {
  for (const deadline = performance.now() + BUSY_TIMEOUT; ; await sleep(10)) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
  }
}
