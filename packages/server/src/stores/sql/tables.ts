import { type ColumnDataType, type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';

/** The names that an engine has for the types of shared columns. */
export interface ColumnTypes {
  /** A key that the engine numbers automatically. */
  readonly id: ColumnDataType;
  readonly counted: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  /** Bytes. */
  readonly digest: ColumnDataType;
  /** Integers, including times in milliseconds. */
  readonly whole: ColumnDataType;
  readonly fraction: ColumnDataType;
}

/** Creates the table without its indexes. Each engine creates its own, because the cost of an index differs. */
export async function createUploadTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('upload')
    .addColumn('id', types.id, types.counted)
    .addColumn('merchant', 'text', (column) => column.notNull())
    .addColumn('filename', 'text', (column) => column.notNull())
    .addColumn('sha256', types.digest, (column) => column.notNull())
    .addColumn('at', types.whole, (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .execute();
}

/** Creates the table of the times at which platform keys last signed. It is apart, since a change of it is no new version. */
export async function createKeyUseTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('platform_key_use')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('at', types.whole, (column) => column.notNull())
    .execute();
}

/** Creates the tables for merchants, their certificates, platform keys, settings, and their version. */
export async function createMerchantTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('merchant')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('scheme', 'text', (column) => column.notNull())
    .addColumn('api_v3_key', 'text', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('product_coupon', 'integer', (column) => column.notNull())
    .addColumn('quota', types.fraction)
    .addColumn('default_platform_key_id', 'text')
    .execute();
  await db.schema
    .createTable('merchant_certificate')
    .addColumn('id', types.id, types.counted)
    .addColumn('merchant', 'text', (column) => column.notNull())
    .addColumn('serial_no', 'text', (column) => column.notNull())
    .addColumn('pem', 'text', (column) => column.notNull())
    .addColumn('not_before', types.whole, (column) => column.notNull())
    .addColumn('not_after', types.whole, (column) => column.notNull())
    .addColumn('revoked_at', types.whole)
    .addUniqueConstraint('merchant_certificate_serial', ['merchant', 'serial_no'])
    .execute();
  await db.schema
    .createTable('platform_key')
    .addColumn('position', types.id, types.counted)
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('private_key_pem', 'text', (column) => column.notNull())
    .addColumn('public_pem', 'text', (column) => column.notNull())
    .addColumn('not_before', types.whole)
    .addColumn('not_after', types.whole)
    .addColumn('retired_at', types.whole)
    .execute();
  await db.schema
    .createTable('setting')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('merchant_version')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('version', types.whole, (column) => column.notNull())
    .execute();
  await sql`insert into merchant_version (id, version) values (1, 0)`.execute(db);
}
