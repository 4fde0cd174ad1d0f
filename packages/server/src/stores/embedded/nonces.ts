import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { UsedNonce } from '../../limits/nonces.js';
import { wrapStoreError } from '../index.js';
import type { EmbeddedSchema } from './schema.js';

/** Rows read in one turn of the event loop. */
const STRIDE = 10_000;

/** @param notBefore Unix seconds */
export async function readNonces(queries: Kysely<EmbeddedSchema>, notBefore: number): Promise<UsedNonce[]> {
  const nonces: UsedNonce[] = [];
  return wrapStoreError(
    { 'zh-CN': '无法读取已使用的随机串', en: 'the used nonces could not be read' },
    async () => {
      for (let last = 0, full = true; full; await nextTurn()) {
        const rows = await queries
          .selectFrom('nonce')
          .select(['id', 'key', 'expires_at'])
          .where('id', '>', last)
          // The plus sign makes SQLite follow the order of ids, since nearly all rows are wanted.
          .where(sql<number>`+expires_at`, '>=', notBefore)
          .orderBy('id')
          .limit(STRIDE)
          .execute();
        for (const { key, expires_at: expiresAt } of rows) nonces.push({ key, expiresAt });
        last = rows.at(-1)?.id ?? last;
        full = rows.length === STRIDE;
      }
      return nonces;
    },
  );
}
