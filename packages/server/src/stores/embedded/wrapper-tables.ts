import { withReason } from '@coupon-media/apiv3';
import type { Database, Row, Statement } from '../database.js';
import { StoreError } from '../index.js';
import type { SqliteConnection } from './binding.js';
import { changeSchema, openDatabase } from './database.js';
import { createFolder, type Folder, folderAt } from './folder.js';
import { sqliteReason } from './reasons.js';
import { rowsOf } from './statements.js';
import { ownersOf, upgradeWrapper } from './wrapper-schema.js';
import type { RecordWriter } from './writer.js';

/** The SQL of a folder for the service that has it. Its writes share the commits of the uploads. */
export function createWrapperTables(place: Folder, reader: SqliteConnection, writer: RecordWriter): Database {
  return databaseOn(place, reader, writer.write);
}

/**
 * The SQL of a folder for other processes, whether or not a service runs. They wait for each other's commits.
 *
 * @throws StoreError if the database cannot be opened
 */
export async function openEmbeddedDatabase({
  folder,
}: {
  readonly folder: string;
}): Promise<Database & { close(): Promise<void> }> {
  const place = folderAt(folder);
  await createFolder(place);
  const connection = await openDatabase(place);
  const prepared = preparedOn(connection);
  return {
    ...databaseOn(place, connection, async (statements) => {
      connection.exec('BEGIN IMMEDIATE');
      try {
        const rows = statements.map(prepared);
        connection.exec('COMMIT');
        return rows;
      } catch (error) {
        connection.prepare('rollback').run([]);
        throw error;
      }
    }),
    close: async () => connection.close(),
  };
}

function databaseOn(place: Folder, reader: SqliteConnection, write: RecordWriter['write']): Database {
  const prepared = preparedOn(reader);
  return {
    dialect: 'sqlite',
    upgrade: (owner, steps) =>
      explained(() => changeSchema(place, (connection) => upgradeWrapper(connection, owner, steps))),
    owners: () => explained(async () => ownersOf(reader)),
    write: (statements, { within } = {}) => explained(() => write(statements, within)),
    read: (statement) => explained(async () => prepared(statement)),
    listen: () => async () => undefined,
  };
}

/** Runs statements, each text prepared once. */
function preparedOn(connection: SqliteConnection): (statement: Statement) => readonly Row[] {
  const statements = new Map<string, ReturnType<SqliteConnection['prepare']>>();
  return ({ text, values }) => {
    const known = statements.get(text) ?? connection.prepare(text);
    statements.set(text, known);
    if (known.reader) return rowsOf(known.all(values));
    known.run(values);
    return [];
  };
}

async function explained<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    const reason = sqliteReason(cause);
    throw new StoreError(reason ? withReason('store.db', reason) : UNUSABLE, { cause });
  }
}

const UNUSABLE = { 'zh-CN': '无法读写数据', en: 'the store could not be read or written' };
