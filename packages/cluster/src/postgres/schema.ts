import { filled } from '@coupon-media/apiv3';
import {
  type ColumnTypes,
  createKeyUseTable,
  createMerchantTables,
  createUploadTable,
  StoreError,
} from '@coupon-media/server/engine';
import { Kysely, type Migration, Migrator, PostgresDialect, type PostgresPool, sql } from 'kysely';

/**
 * The steps from an empty database to the current schema. A released step never changes; a new step gets a new name. A
 * step only adds to the schema, because old nodes keep running with it during a rolling upgrade.
 */
const SCHEMA_STEPS: Readonly<Record<string, Migration>> = {
  '001-images-and-merchants': { up: imagesAndMerchants },
  '002-platform-key-use': { up: (db) => createKeyUseTable(db, TYPES) },
  '003-redis-run': { up: redisRun },
};

/**
 * Upgrades the database to the current schema in one transaction. If several nodes start at once, a lock of PostgreSQL
 * (taken by kysely) lets one of them do it while the others wait. If there is nothing to do, nothing is written, so the
 * database user of the service needs no right to create tables.
 *
 * @param pool is closed in the end
 */
export async function upgradeSchema(pool: PostgresPool): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const done = await stepsDone(db);
    const unknown = done.find((name) => !(name in SCHEMA_STEPS));
    if (unknown !== undefined) throw tooNew(unknown);
    if (done.length === Object.keys(SCHEMA_STEPS).length) return;
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => ({ ...SCHEMA_STEPS }) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return;
    // If two versions start at once, the newer one may have been first.
    const newer = (await stepsDone(db)).find((name) => !(name in SCHEMA_STEPS));
    throw newer === undefined ? error : tooNew(newer);
  } finally {
    await db.destroy();
  }
}

function tooNew(name: string): StoreError {
  return new StoreError(filled(NEWER, { name }));
}

const NEWER = {
  'zh-CN': '数据库由更新版本的软件写入（其中有 "{name}"）：请启动该版本',
  en: 'the store was written by a newer version of this software (its schema has "{name}"): start that version',
};

async function stepsDone(db: Kysely<unknown>): Promise<string[]> {
  const there = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(db);
  if (!there.rows[0]?.there) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

const TYPES: ColumnTypes = {
  id: 'bigint',
  counted: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  digest: 'bytea',
  whole: 'bigint',
  fraction: 'double precision',
};

async function imagesAndMerchants(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('image')
    .addColumn('sha256', 'bytea', (column) => column.primaryKey().notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('width', 'bigint', (column) => column.notNull())
    .addColumn('height', 'bigint', (column) => column.notNull())
    .execute();
  await createUploadTable(db, TYPES);
  await db.schema.createIndex('upload_merchant').on('upload').columns(['merchant', 'id']).execute();
  // This index makes a repeated insert harmless. The time is its first column, so keys arrive approximately in order
  // and go to the last pages.
  await db.schema.createIndex('upload_once').on('upload').columns(['at', 'request_id']).unique().execute();
  await createMerchantTables(db, TYPES);
  await db.schema
    .createTable('nonce')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('token', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
}

/** One row: the run of Redis that all nodes use. */
async function redisRun(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('redis_run')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('number', 'bigint', (column) => column.notNull())
    .addColumn('run', 'text', (column) => column.notNull())
    .execute();
}
