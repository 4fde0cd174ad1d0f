import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UsedNonce } from '../../limits/nonces.js';
import { wrapStoreError } from '../index.js';
import type { SqliteConnection } from './binding.js';

/** Rows read in one turn of the event loop. */
const STRIDE = 10_000;

/** @param notBefore Unix seconds */
export async function readNonces(reader: SqliteConnection, notBefore: number): Promise<UsedNonce[]> {
  const nonces: UsedNonce[] = [];
  return wrapStoreError(
    { 'zh-CN': '无法读取已使用的随机串', en: 'the used nonces could not be read' },
    async () => {
      // The plus sign makes SQLite follow the order of ids, since nearly all rows are wanted.
      const read = reader.prepare(
        'select id, key, expires_at from nonce where id > ? and +expires_at >= ? order by id limit ?',
      );
      for (let last = 0, full = true; full; await nextTurn()) {
        const rows = read.all([last, notBefore, STRIDE]) as { id: number; key: string; expires_at: number }[];
        for (const { key, expires_at: expiresAt } of rows) nonces.push({ key, expiresAt });
        last = rows.at(-1)?.id ?? last;
        full = rows.length === STRIDE;
      }
      return nonces;
    },
  );
}
