import { filled } from '@coupon-media/apiv3';
import { type SchemaSteps, StoreError } from '@coupon-media/server/engine';
import type pg from 'pg';

/**
 * Brings the tables of a wrapper to their newest schema in one transaction. If several nodes start at once, a lock lets one of them do it
 * while the others wait. If there is nothing to do, nothing is written, so that the user needs no right to create tables.
 *
 * @param pool without limits of time, because a step may take any
 * @throws StoreError if a newer version has written the tables
 */
export async function upgradeWrapper(pool: pg.Pool, owner: string, steps: SchemaSteps): Promise<void> {
  const client = await pool.connect();
  let isBroken = true;
  try {
    if ((await stepsLeft(client, owner, steps)).length > 0) {
      await client.query('begin');
      try {
        await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
        await client.query(
          'create table if not exists wrapper_step (owner text not null, name text not null, primary key (owner, name))',
        );
        for (const name of await stepsLeft(client, owner, steps)) {
          for (const statement of steps[name]?.postgres ?? []) await client.query(statement);
          await client.query('insert into wrapper_step (owner, name) values ($1, $2)', [owner, name]);
        }
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
    }
    isBroken = false;
  } finally {
    client.release(isBroken);
  }
}

/** The lock under which all wrappers of a database take their steps: a number that nothing else has reason to take. */
const LOCK = 7_264_907_321;

/** Whether any wrapper has tables. */
export const THERE = `select to_regclass('wrapper_step') is not null as there`;

async function stepsLeft(client: pg.PoolClient, owner: string, steps: SchemaSteps): Promise<string[]> {
  const there = await client.query<{ there: boolean }>(THERE);
  const { rows } = there.rows[0]?.there
    ? await client.query<{ name: string }>('select name from wrapper_step where owner = $1', [owner])
    : { rows: [] };
  const done = new Set(rows.map(({ name }) => name));
  const newer = [...done].find((name) => !(name in steps));
  if (newer !== undefined) throw new StoreError(filled(NEWER, { owner, name: newer }));
  return Object.keys(steps)
    .filter((name) => !done.has(name))
    .sort();
}

const NEWER = {
  'zh-CN': '"{owner}" 的数据由更新版本的软件写入（其中有 "{name}"）：请使用该版本',
  en: 'the tables of "{owner}" were written by a newer version of this software (they have "{name}"): use that version',
};
