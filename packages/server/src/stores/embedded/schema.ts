import { type Generated, Kysely, type Migration, Migrator, SqliteDialect } from 'kysely';
import { StoreError } from '../index.js';
import type { Queries, Records } from '../sql/schema.js';
import {
  type ColumnTypes,
  createKeyUseTable,
  createMerchantTables,
  createUploadTable,
} from '../sql/tables.js';
import type { SqliteConnection } from './binding.js';
import type { SchemaStep } from './schema-version.js';

/** The tables that the schema steps create: the records of every engine, and those of this engine alone. */
export interface EmbeddedSchema extends Records {
  image: Records['image'] & {
    id: Generated<number>;
    /** The last column, so that reading the other columns does not touch it. Null if the bytes are in a file. */
    content: Uint8Array | null;
  };
  nonce: { id: Generated<number>; expires_at: number; key: string };
  /** One row that is overwritten to test that writing works. */
  probe: { id: number; at: number };
}

/** Returns a query builder for queries that are not time-critical. The owner of the connection closes it. */
function queriesOn(connection: SqliteConnection): Kysely<EmbeddedSchema> {
  return new Kysely<EmbeddedSchema>({ dialect: new SqliteDialect({ database: connection }) });
}

/** Returns the same for the records that every engine has. */
export function recordsOn(connection: SqliteConnection): Queries {
  return new Kysely<Records>({ dialect: new SqliteDialect({ database: connection }) });
}

/**
 * The steps from an empty database to the current schema. A released step never changes; a new step gets a new name.
 */
const SCHEMA_STEPS: Readonly<Record<SchemaStep, Migration>> = {
  '001-images-and-merchants': { up: imagesAndMerchants },
  '002-platform-key-use': { up: (db) => createKeyUseTable(db, TYPES) },
};

/** SQLite numbers a primary key automatically only if it has exactly this type. */
const TYPES: ColumnTypes = {
  id: 'integer',
  counted: (column) => column.primaryKey(),
  digest: 'blob',
  whole: 'integer',
  fraction: 'real',
};

/** Upgrades the database to the current schema in one transaction, so that only one of several processes does it. */
export async function upgradeSchema(connection: SqliteConnection): Promise<void> {
  const latest = Object.keys(SCHEMA_STEPS).length;
  const version = connection.row('PRAGMA user_version');
  if (Number(version([])?.[0]) === latest) return;
  connection.exec('BEGIN IMMEDIATE');
  try {
    if (Number(version([])?.[0]) > latest) throw new StoreError(NEWER);
    const migrator = new Migrator({
      db: queriesOn(connection),
      provider: { getMigrations: async () => ({ ...SCHEMA_STEPS }) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    connection.exec(`PRAGMA user_version=${latest}; COMMIT`);
  } catch (error) {
    connection.exec('ROLLBACK');
    throw error;
  }
}

/**
 * An index with keys in random order costs one page per row, and more as it grows. Therefore only the digests have such
 * an index. Uploads are listed by their ids, which grow, and nonces expire approximately in the order of their arrival.
 */
async function imagesAndMerchants(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('image')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('sha256', 'blob', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('bytes', 'integer', (column) => column.notNull())
    .addColumn('width', 'integer', (column) => column.notNull())
    .addColumn('height', 'integer', (column) => column.notNull())
    .addColumn('content', 'blob')
    .execute();
  await createUploadTable(db, TYPES);
  // SQLite stores the id with the key, so the order is (merchant, id).
  await db.schema.createIndex('upload_merchant').on('upload').column('merchant').execute();
  await db.schema
    .createTable('nonce')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('expires_at', 'integer', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('nonce_expires_at').on('nonce').column('expires_at').execute();
  await db.schema
    .createTable('probe')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('at', 'integer', (column) => column.notNull())
    .execute();
  await createMerchantTables(db, TYPES);
}

const NEWER = {
  'zh-CN': '数据由更新版本的软件写入，请使用该版本',
  en: 'the store was written by a newer version of this software: use that version',
};
