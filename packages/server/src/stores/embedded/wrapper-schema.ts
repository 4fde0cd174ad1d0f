import { filled } from '@coupon-media/apiv3';
import type { SchemaSteps } from '../database.js';
import { StoreError } from '../index.js';
import type { SqliteConnection } from './binding.js';

/**
 * Brings the tables of a wrapper to their newest schema in one transaction, so that only one of several processes does it.
 *
 * @throws StoreError if a newer version has written them
 */
export function upgradeWrapper(connection: SqliteConnection, owner: string, steps: SchemaSteps): void {
  if (stepsLeft(connection, owner, steps).length === 0) return;
  connection.exec('BEGIN IMMEDIATE');
  try {
    connection.exec(
      'create table if not exists wrapper_step (owner text not null, name text not null, primary key (owner, name))',
    );
    const record = connection.prepare('insert into wrapper_step (owner, name) values (?, ?)');
    for (const name of stepsLeft(connection, owner, steps)) {
      for (const statement of steps[name]?.sqlite ?? []) connection.exec(statement);
      record.run([owner, name]);
    }
    connection.exec('COMMIT');
  } catch (error) {
    connection.prepare('rollback').run([]);
    throw error;
  }
}

/** Whose tables a database has. */
export function ownersOf(connection: SqliteConnection): string[] {
  return [...new Set(stepsDone(connection).map(({ owner }) => owner))];
}

function stepsLeft(connection: SqliteConnection, owner: string, steps: SchemaSteps): string[] {
  const done = new Set(stepsDone(connection).flatMap((step) => (step.owner === owner ? [step.name] : [])));
  const newer = [...done].find((name) => !(name in steps));
  if (newer !== undefined) throw new StoreError(filled(NEWER_WRAPPER, { owner, name: newer }));
  return Object.keys(steps)
    .filter((name) => !done.has(name))
    .sort();
}

/** The steps that wrappers have taken in this database. */
function stepsDone(connection: SqliteConnection): { owner: string; name: string }[] {
  const there = connection.row(`select 1 from pragma_table_info('wrapper_step')`)([]);
  if (!there) return [];
  return connection.prepare('select owner, name from wrapper_step order by owner, name').all([]) as {
    owner: string;
    name: string;
  }[];
}

/** What is said of tables that the caller is too old for. */
const NEWER_WRAPPER = {
  'zh-CN': '"{owner}" 的数据由更新版本的软件写入（其中有 "{name}"）：请使用该版本',
  en: 'the tables of "{owner}" were written by a newer version of this software (they have "{name}"): use that version',
};
