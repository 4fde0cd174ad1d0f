import { withReason } from '@coupon-media/apiv3';
import {
  type CallOptions,
  type Database,
  type Row,
  type Statement,
  StoreError,
} from '@coupon-media/server/engine';
import { CompiledQuery, type Transaction } from 'kysely';
import type { Postgres } from './database.js';
import { reasonOf } from './errors.js';
import { THERE, upgradeWrapper } from './wrapper-schema.js';

/** The SQL of a cluster, for the tables of what wraps its nodes. A single statement is its own transaction, and one round trip. */
export function createWrapperTables(postgres: Postgres): Database {
  const { calls, queries } = postgres;

  async function together(statements: readonly Statement[]): Promise<(readonly Row[])[]> {
    return queries.transaction().execute(async (transaction) => {
      const results: (readonly Row[])[] = [];
      for (const statement of statements) results.push(await within(transaction, statement));
      return results;
    });
  }

  async function alone({ text, values }: Statement): Promise<readonly Row[]> {
    return (await postgres.run<Row>(numbered(text), values)).rows;
  }

  return {
    dialect: 'postgres',
    upgrade: (owner, steps) =>
      explained(() => postgres.patiently((pool) => upgradeWrapper(pool, owner, steps))),
    owners: () =>
      explained(() =>
        calls.call('read', async () => {
          const { rows } = await postgres.run<{ there: boolean }>(THERE);
          if (!rows[0]?.there) return [];
          const owners = await postgres.run<{ owner: string }>(
            'select distinct owner from wrapper_step order by owner',
          );
          return owners.rows.map(({ owner }) => owner);
        }),
      ),
    write: (statements, { operation = 'write', repeatable = false }: CallOptions = {}) =>
      explained(() =>
        calls.call(
          operation,
          async () => {
            const [first, ...others] = statements;
            if (first && others.length === 0) return [await alone(first)];
            return together(statements);
          },
          { repeatable },
        ),
      ),
    read: (statement, { operation = 'read', repeatable = true }: CallOptions = {}) =>
      explained(() => calls.call(operation, () => alone(statement), { repeatable })),
    listen: postgres.listen,
  };
}

/** Applies a statement within a transaction. @returns its rows */
export async function within<Tables>(
  transaction: Transaction<Tables>,
  { text, values }: Statement,
): Promise<readonly Row[]> {
  return (await transaction.executeQuery<Row>(CompiledQuery.raw(numbered(text), [...values]))).rows;
}

/** Texts are few (`Statement`), so each is rewritten once. */
const NUMBERED = new Map<string, string>();

/** @returns the text with `$1`, `$2` in place of the question marks */
function numbered(text: string): string {
  const known = NUMBERED.get(text);
  if (known !== undefined) return known;
  let count = 0;
  const rewritten = text.replaceAll('?', () => {
    count += 1;
    return `$${count}`;
  });
  NUMBERED.set(text, rewritten);
  return rewritten;
}

async function explained<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(withReason('PostgreSQL', reasonOf(cause)), { cause });
  }
}
