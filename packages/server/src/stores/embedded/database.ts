import { setTimeout as sleep } from 'node:timers/promises';
import { errorText, filled } from '@coupon-media/apiv3';
import { StoreError } from '../index.js';
import { BUSY_TIMEOUT, isBusy, openAlone, openConnection, type SqliteConnection } from './binding.js';
import type { Folder } from './folder.js';
import { sqliteReason } from './reasons.js';
import { isSchemaCurrent } from './schema-version.js';

/** Opens the database of a folder and upgrades its schema. */
export async function openDatabase({ database }: Folder): Promise<SqliteConnection> {
  try {
    const connection = openConnection(database);
    // Of pages of 4, 8 and 16 KiB, pages of 8 KiB write the fewest bytes and take the least time for an image of 10 KiB
    // and its records (measured).
    await retryWhileBusy(() =>
      connection.exec(
        'PRAGMA store.page_size=8192; PRAGMA store.journal_mode=WAL; PRAGMA store.synchronous=FULL',
      ),
    );
    if (!isSchemaCurrent(connection)) {
      const { upgradeSchema } = await import('./schema.js');
      await changeSchema({ database }, upgradeSchema);
    }
    return connection;
  } catch (cause) {
    throw new StoreError(filled(NOT_OPENED, { database, reason: sqliteReason(cause) ?? errorText(cause) }), {
      cause,
    });
  }
}

const NOT_OPENED = {
  'zh-CN': '无法打开 {database}：{reason}',
  en: '{database} could not be opened: {reason}',
};

/** Runs steps of a schema. Their statements name no database, so that they create tables in the one of SQLite's own name. */
export async function changeSchema<T>(
  { database }: Pick<Folder, 'database'>,
  change: (connection: SqliteConnection) => T | Promise<T>,
): Promise<T> {
  const connection = openAlone(database);
  try {
    connection.exec('PRAGMA synchronous=FULL');
    return await change(connection);
  } finally {
    connection.close();
  }
}

/**
 * Retries while another process changes a new database to WAL. That change does not wait, whatever the busy timeout is.
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
