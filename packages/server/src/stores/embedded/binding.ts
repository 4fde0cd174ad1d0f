import Sqlite from 'libsql';
import AsyncSqlite from 'libsql/promise';

/**
 * The one door to the SQLite binding (libsql 0.5). Another binding would have to offer these two connections.
 *
 * What libsql does and its types do not say: `all()` gives blobs as ArrayBuffer, a single row gives them as
 * Buffer; binding a boolean, or asking a closed connection whether it is in a transaction, ends the process;
 * numbers are bound as REAL, which a column's INTEGER affinity mends; the busy timeout is 0 until set; a
 * closed connection keeps its file open until its statements are collected as garbage.
 */
export interface SqliteConnection {
  /** Runs statements on the caller's thread. */
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** Prepares a query for one row, given as an array of its columns. */
  row(sql: string): (parameters: readonly Value[]) => readonly unknown[] | undefined;
  close(): void;
}

/**
 * A connection whose `exec` works on a thread of the binding's own: how to wait for a disk without blocking.
 */
export interface BackgroundConnection {
  exec(sql: string): Promise<void>;
  /** What it prepares runs on the caller's thread. */
  prepare(sql: string): Promise<(parameters: readonly Value[]) => void>;
  inTransaction(): boolean;
  close(): void;
}

/** As kysely wants one. */
export interface Statement {
  /** Whether it gives rows. */
  readonly reader: boolean;
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  all(parameters: readonly unknown[]): unknown[];
  iterate(parameters: readonly unknown[]): IterableIterator<unknown>;
}

export type Value = string | number | Uint8Array | null;

/** Milliseconds that a statement waits for another process's write, its thread being blocked. */
export const BUSY_TIMEOUT = 5000;

export function openConnection(file: string): SqliteConnection {
  const database = new Sqlite(file);
  database.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT}`);
  return {
    exec: (sql) => void database.exec(sql),
    prepare: (sql) => database.prepare(sql),
    row(sql) {
      const statement = database.prepare(sql).raw();
      return (parameters) => {
        if (!database.open) throw new Error(CLOSED);
        return statement.get(parameters) as readonly unknown[] | undefined;
      };
    },
    close: () => void database.close(),
  };
}

/** @param busyTimeout milliseconds, as {@link BUSY_TIMEOUT} */
export async function openInBackground(file: string, busyTimeout: number): Promise<BackgroundConnection> {
  const database = new AsyncSqlite(file, {});
  await database.exec(`PRAGMA busy_timeout=${busyTimeout}`);
  let open = true;
  return {
    exec: (sql) => database.exec(sql),
    async prepare(sql) {
      const statement = await database.prepare(sql);
      return (parameters) => {
        // It would still run, and nobody could end the transaction that it begins.
        if (!open) throw new Error(CLOSED);
        statement.run(parameters);
      };
    },
    inTransaction: () => open && Reflect.get(database, 'inTransaction') === true,
    close() {
      open = false;
      database.close();
    },
  };
}

const CLOSED = 'the store is closed';

/** Whether another connection's lock is the reason; any other error tells of the disk or of a mistake. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
