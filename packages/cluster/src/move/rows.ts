import { filled } from '@coupon-media/apiv3';
import { type Queries, StoreError } from '@coupon-media/server/engine';
import { CompiledQuery } from 'kysely';
import type { Postgres } from '../postgres/database.js';
import { reasonOf } from '../postgres/errors.js';
import { withRetries } from './patience.js';
import { MigrationError } from './report.js';

/** The two ways in which a migration accesses PostgreSQL. Both may be repeated, because a response can be lost. */
export interface Rows {
  query: Query;
  /** Runs statements in one transaction. */
  together(act: (query: Query) => Promise<void>): Promise<void>;
}

export type Query = <T extends object>(text: string, values?: readonly unknown[]) => Promise<T[]>;

export function rowsOf({ queries, callEngine }: Pick<Postgres, 'queries' | 'callEngine'>): Rows {
  return {
    query: (text, values) => carried(() => on(queries)(text, values)),
    async together(act) {
      const wrong = await carried(() =>
        queries.transaction().execute((transaction) => act(on(transaction)).catch(returnMigrationError)),
      );
      if (wrong) throw wrong;
    },
  };

  async function carried<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await withRetries(() => callEngine('move', act));
    } catch (cause) {
      throw new StoreError(filled(UNMOVED, { reason: reasonOf(cause) }), { cause });
    }
  }
}

/**
 * An error that the migration found is returned and not thrown, so that the database is not tried again. Nothing was
 * written before it.
 */
function returnMigrationError(error: unknown): MigrationError {
  if (error instanceof MigrationError) return error;
  throw error;
}

function on(db: Pick<Queries, 'executeQuery'>): Query {
  return async <T extends object>(text: string, values: readonly unknown[] = []) =>
    (await db.executeQuery<T>(CompiledQuery.raw(text, [...values]))).rows;
}

const UNMOVED = { 'zh-CN': '无法迁移记录：{reason}', en: 'the records could not be moved: {reason}' };
