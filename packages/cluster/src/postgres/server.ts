import { filled } from '@coupon-media/apiv3';
import { StoreError } from '@coupon-media/server/engine';
import pg from 'pg';

/** Encodings of a database that keep every name of an image. SQL_ASCII keeps bytes as they come. */
const ENCODINGS = ['UTF8', 'SQL_ASCII'];

/**
 * Checks what would otherwise surface with the first merchant or the first Chinese name: whether transactions are possible, and
 * whether the database can store any text.
 *
 * @throws StoreError that says what must change, or the driver's error
 */
export async function checkServer(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  let isBroken = true;
  try {
    const { rows } = await client.query<{ encoding: string }>(
      `select current_setting('server_encoding') as encoding`,
    );
    const [{ encoding } = { encoding: '' }] = rows;
    if (!ENCODINGS.includes(encoding)) throw new StoreError(filled(ENCODING, { encoding }));
    // PgBouncer with statement pooling refuses this.
    await client.query('begin');
    await client.query('commit');
    isBroken = false;
  } finally {
    client.release(isBroken);
  }
}

/** Whether a pooler refuses the connection because it does not pass on a limit of time for statements. */
export function refusesLimit(error: unknown): boolean {
  return (
    error instanceof pg.DatabaseError &&
    error.code === '08P01' &&
    /unsupported startup parameter.*statement_timeout/.test(error.message)
  );
}

const ENCODING = {
  'zh-CN':
    '数据库编码是 {encoding}，存不下中文文件名；请用 create database … encoding UTF8 template template0 新建',
  en: 'the database has the encoding {encoding}, which cannot store Chinese names: create it with encoding UTF8 template template0',
};
