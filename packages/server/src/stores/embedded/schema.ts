import { type Generated, Kysely, type Migration, Migrator, SqliteDialect } from 'kysely';
import type { Queries, Records } from '../sql/schema.js';
import { type ColumnTypes, createMerchantTables, createUploadTable } from '../sql/tables.js';
import type { SqliteConnection } from './binding.js';

/** The database as migrations.ts makes it: the records of every engine, and what only this one keeps. */
export interface EmbeddedSchema extends Records {
  image: Records['image'] & {
    id: Generated<number>;
    /** The last column, so that reading the others leaves it alone. Null: the bytes are a file. */
    content: Uint8Array | null;
  };
  nonce: { id: Generated<number>; expires_at: number; key: string };
  /** One row, written over and over, to see that writing works. */
  probe: { id: number; at: number };
}

/** Queries that are not hot. Closing the connection is its owner's. */
export function queriesOn(connection: SqliteConnection): Kysely<EmbeddedSchema> {
  return new Kysely<EmbeddedSchema>({ dialect: new SqliteDialect({ database: connection }) });
}

/** The same, of what every engine records. */
export function recordsOn(connection: SqliteConnection): Queries {
  return new Kysely<Records>({ dialect: new SqliteDialect({ database: connection }) });
}

/**
 * The steps from an empty database to today's. A step that was released is never changed; the next gets a new
 * name.
 */
const SCHEMA_STEPS: Readonly<Record<string, Migration>> = {
  '001-images-and-merchants': { up: imagesAndMerchants },
};

/** SQLite's own words: it counts up a primary key of this very type. */
const TYPES: ColumnTypes = {
  id: 'integer',
  counted: (column) => column.primaryKey(),
  digest: 'blob',
  whole: 'integer',
  fraction: 'real',
};

/** Brings the database to today's schema, in one transaction, so that of several processes one does it. */
export async function upgradeSchema(connection: SqliteConnection): Promise<void> {
  const latest = Object.keys(SCHEMA_STEPS).length;
  const version = connection.row('PRAGMA user_version');
  if (Number(version([])?.[0]) === latest) return;
  connection.exec('BEGIN IMMEDIATE');
  try {
    if (Number(version([])?.[0]) > latest)
      throw new Error('the store was written by a newer version of this software');
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
 * Every index with keys in no order costs a page a row, and more the larger it is. So there is one, the
 * digests'; uploads are listed by their ids, which grow, and nonces expire in the order they came, about.
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
  // SQLite keeps the id beside the key: this is the order (merchant, id).
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
