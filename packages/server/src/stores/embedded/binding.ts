import Sqlite from 'libsql';
import AsyncSqlite from 'libsql/promise';

/**
 * The only access to the SQLite binding (libsql 0.5). Another binding would have to provide these two connections.
 *
 * Behaviour of libsql that its types do not show: `all()` returns blobs as ArrayBuffer, while a single row returns them
 * as Buffer. Binding a boolean ends the process, and so does asking a closed connection whether it is in a transaction.
 * Numbers are bound as REAL, which the INTEGER affinity of a column corrects. The busy timeout is 0 until it is set. A
 * closed connection keeps its files open until its statements are garbage-collected, and no call finalizes a statement. Therefore
 * store.db is attached to a database in memory and detached before the connection closes, which closes its files at once. Tables
 * need no prefix, but a PRAGMA of the database does: `PRAGMA store.user_version`.
 */
export interface SqliteConnection {
  /** Runs statements on the caller's thread. */
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** Prepares a query for one row, which is returned as an array of its columns. */
  row(sql: string): (parameters: readonly Value[]) => readonly unknown[] | undefined;
  close(): void;
}

/**
 * A connection whose `exec` runs on a thread of the binding, so that waiting for the disk does not block the caller.
 */
export interface BackgroundConnection {
  exec(sql: string): Promise<void>;
  /** Prepares a statement that runs on the caller's thread. */
  prepare(sql: string): Promise<(parameters: readonly Value[]) => void>;
  /** Prepares a statement that may return rows; it runs on the caller's thread as well. */
  query(sql: string): Promise<(parameters: readonly Value[]) => unknown[]>;
  inTransaction(): boolean;
  close(): Promise<void>;
}

/** A statement as kysely expects it. */
export interface Statement {
  /** Whether the statement returns rows. */
  readonly reader: boolean;
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  all(parameters: readonly unknown[]): unknown[];
  iterate(parameters: readonly unknown[]): IterableIterator<unknown>;
}

export type Value = string | number | Uint8Array | null;

/** Milliseconds that a statement waits for another process's write. Its thread is blocked meanwhile. */
export const BUSY_TIMEOUT = 5000;

/** Opens a database under the name `store`. */
export function openConnection(file: string): SqliteConnection {
  const database = new Sqlite(':memory:');
  database.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT}; ${attaching(file)}`);
  return {
    ...on(database),
    close() {
      try {
        database.exec(DETACHING);
      } catch {
        // A statement is still being read, or a transaction is open: the file closes with the last statement.
      }
      database.close();
    },
  };
}

/**
 * Opens a database under SQLite's own name, for what works on no other: steps of a schema, and a lock without statements. Its file
 * stays open until its statements are collected.
 */
export function openAlone(file: string): SqliteConnection {
  const database = new Sqlite(file);
  database.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT}`);
  return { ...on(database), close: () => void database.close() };
}

function on(database: InstanceType<typeof Sqlite>): Omit<SqliteConnection, 'close'> {
  return {
    exec: (sql) => void database.exec(sql),
    prepare(sql) {
      const statement: Statement = database.prepare(sql);
      if (sql !== 'rollback') return statement;
      // On a full disk SQLite has rolled back by itself, and the error of a second rollback would hide why.
      return {
        reader: false,
        run: (parameters) => (database.inTransaction ? statement.run(parameters) : NOTHING_RUN),
        all: (parameters) => statement.all(parameters),
        iterate: (parameters) => statement.iterate(parameters),
      };
    },
    row(sql) {
      const statement = database.prepare(sql).raw();
      return (parameters) => {
        if (!database.open) throw new Error(CLOSED);
        return statement.get(parameters) as readonly unknown[] | undefined;
      };
    },
  };
}

/** @param busyTimeout milliseconds, like {@link BUSY_TIMEOUT} */
export async function openInBackground(file: string, busyTimeout: number): Promise<BackgroundConnection> {
  const database = new AsyncSqlite(':memory:', {});
  await database.exec(`PRAGMA busy_timeout=${busyTimeout}; ${attaching(file)}`);
  let open = true;
  return {
    exec: (sql) => database.exec(sql),
    async prepare(sql) {
      const statement = await database.prepare(sql);
      return (parameters) => {
        // The statement would still run, and nothing could end the transaction that it begins.
        if (!open) throw new Error(CLOSED);
        statement.run(parameters);
      };
    },
    async query(sql) {
      const statement = await database.prepare(sql);
      const { reader } = statement;
      return (parameters) => {
        if (!open) throw new Error(CLOSED);
        // A statement that returns rows stays in progress after `run`, and no commit succeeds.
        if (reader) return [...Reflect.apply(iterateHere, statement, [parameters])];
        statement.run(parameters);
        return [];
      };
    },
    inTransaction: () => open && Reflect.get(database, 'inTransaction') === true,
    async close() {
      open = false;
      await database.exec(DETACHING).catch(() => undefined);
      database.close();
    },
  };
}

/**
 * Reads the rows of a statement on the caller's thread. The `iterate` of the promise API reads them on another one, so that the event
 * loop would run between BEGIN and COMMIT. Statements of both APIs are the same underneath.
 */
const { iterate: iterateHere } = new Sqlite(':memory:').prepare('select 1');

function attaching(file: string): string {
  // One page holds no table: what would create one in memory by mistake fails.
  return `PRAGMA main.max_page_count=1; ATTACH '${file.replaceAll("'", "''")}' AS store`;
}

const DETACHING = 'DETACH store';

const NOTHING_RUN = { changes: 0, lastInsertRowid: 0 };

const CLOSED = 'the store is closed';

/** Whether a lock of another connection is the reason. Any other error means a problem of the disk or a mistake. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
