import { type Kysely, type Migration, Migrator } from 'kysely';
import { type ColumnTypes, createMerchantTables, createUploadTable } from '../sql/tables.js';
import type { Connection } from './binding.js';
import { queriesOn } from './schema.js';

/**
 * The steps from an empty database to today's. A step that was released is never changed; the next gets a new
 * name.
 */
const migrations: Readonly<Record<string, Migration>> = {
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
export async function migrate(connection: Connection): Promise<void> {
  const latest = Object.keys(migrations).length;
  const version = connection.row('PRAGMA user_version');
  if (Number(version([])?.[0]) === latest) return;
  connection.exec('BEGIN IMMEDIATE');
  try {
    if (Number(version([])?.[0]) > latest)
      throw new Error('the store was written by a newer version of this software');
    const migrator = new Migrator({
      db: queriesOn(connection),
      provider: { getMigrations: async () => ({ ...migrations }) },
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
