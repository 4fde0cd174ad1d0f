import { filled } from '@coupon-media/apiv3';
import type { FolderContents } from '@coupon-media/server';
import type { Database, Row } from '@coupon-media/server/engine';
import { MigrationError, type MoveOptions } from './report.js';
import type { Rows } from './rows.js';
import type { Marks } from './target.js';

/** Where the tables of wrappers go. */
export interface WrapperTarget {
  readonly database: Database;
  readonly rows: Pick<Rows, 'query'>;
  readonly marks: Marks;
}

export type Upgrades = NonNullable<MoveOptions['wrappers']>;

/** Rows of one statement. */
const BATCH = 500;

/** The mark that all of it has been moved. From then on the nodes change the rows. */
const MARK = 'wrappers';

/** @throws MigrationError if the folder has tables whose schema the caller does not know */
export function checkWrappers(source: FolderContents, upgrades: Upgrades): void {
  const unknown = source.wrapperTables().find(({ owner }) => !(owner in upgrades));
  if (unknown) throw new MigrationError(filled(UNKNOWN, unknown));
}

/**
 * Migrates the tables of what wraps the service, when no service has the folder any more: their rows change, so that a part of them would be
 * of no use. A run that is killed is repeated from the beginning.
 *
 * @returns rows
 * @throws MigrationError if another number of rows arrived
 */
export async function moveWrappers(
  source: FolderContents,
  target: WrapperTarget,
  upgrades: Upgrades,
): Promise<number> {
  const tables = source.wrapperTables();
  if (tables.length === 0 || (await target.marks.get(MARK)) !== undefined) return 0;
  for (const owner of new Set(tables.map(({ owner }) => owner))) await upgrades[owner]?.(target.database);
  let moved = 0;
  for (const { table } of tables) moved += await moveTable(source, target, table);
  await target.marks.set(MARK, `${moved}`);
  return moved;
}

async function moveTable(
  source: FolderContents,
  { rows: { query }, marks }: WrapperTarget,
  table: string,
): Promise<number> {
  await marks.checkRun();
  await query(`delete from "${table}"`);
  let moved = 0;
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const batch = source.wrapperRows(table, after, BATCH);
    const last = batch.at(-1);
    if (!last) break;
    await marks.checkRun();
    const names = Object.keys(last.row).map((name) => `"${name}"`);
    // The target's own types read the values, whatever they are.
    await query(
      `insert into "${table}" (${names}) overriding system value
       select ${names} from json_populate_recordset(null::"${table}", $1::json) on conflict do nothing`,
      [JSON.stringify(batch.map(({ row }) => jsonOf(row)))],
    );
    moved += batch.length;
    after = last.position;
  }
  const [found] = await query<{ rows: number }>(`select count(*) as rows from "${table}"`);
  if (found?.rows !== moved)
    throw new MigrationError(filled(OTHER_COUNT, { table, here: moved, there: Number(found?.rows) }));
  await countOn(query, table);
  return moved;
}

/** Blobs as PostgreSQL reads them. */
function jsonOf(row: Row): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value,
    ]),
  );
}

/** New rows get numbers after those that were moved. */
async function countOn(query: Rows['query'], table: string): Promise<void> {
  const columns = await query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = $1 and is_identity = 'YES'`,
    [table],
  );
  for (const { name } of columns) {
    await query(
      `select setval(pg_get_serial_sequence($1, $2), coalesce(max("${name}"), 0) + 1, false) from "${table}"`,
      [table, name],
    );
  }
}

const UNKNOWN = {
  'zh-CN': '数据目录中有 "{owner}" 的表 {table}，而这里没有装它的软件：请安装后重新运行',
  en: 'the folder has the table {table} of "{owner}", whose software is not installed here: install it and run the same command again',
};
const OTHER_COUNT = {
  'zh-CN': '表 {table} 有 {here} 行，集群中却是 {there} 行：请重新运行同一命令',
  en: 'the table {table} has {here} rows, and {there} in the cluster: run the same command again',
};
