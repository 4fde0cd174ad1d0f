import { createHash } from 'node:crypto';
import type { Database } from '@coupon-media/server/engine';

/** The digest of a row, as all seeds have it: of no image, since nothing looks at its bytes. */
export function digestOfRow(n: number): string {
  return createHash('md5').update(`${n}`).digest('hex').repeat(2);
}

/** Rows of one statement, which has the deadline of every other. */
const BATCH = 10_000;

/**
 * Fills a table of images by SQL: one account, a second between two images, ten callers, a thousand sizes, names in the order of time.
 *
 * @param table `relay_upload` or `door_image`
 */
export async function seedImages(database: Database, table: string, rows: number): Promise<void> {
  const isSqlite = database.dialect === 'sqlite';
  const padded = isSqlite ? `printf('%06d', n)` : `lpad(n::text, 6, '0')`;
  const bytes = isSqlite ? 'unhex(digest)' : `decode(digest, 'hex')`;
  const [sha256, more, value] =
    table === 'relay_upload' ? [bytes, 'since', '1700000000000'] : ['digest', 'changes', `'[]'`];
  await inBatches(
    database,
    rows,
    `insert into ${table} (account, endpoint, sha256, kind, filename, bytes, caller, ${more}, width, height, value,
        upstream_request_id, at)
      select 'shop', 'product-coupon', ${sha256}, 'png', '商品-' || ${padded} || '.png', 10000 + n % 1000,
        'cmr_00000000000' || (n % 10), ${value}, 600 + n % 1000, 720, 'https://pic.example/' || n || '/0', 'UP-' || n,
        1700000000000 + n * 1000`,
  );
}

/** An entry for each of the rows. */
export function seedAudit(database: Database, rows: number): Promise<void> {
  return inBatches(
    database,
    rows,
    `insert into relay_audit (at, event, caller, outcome, account, sha256)
      select 1700000000000 + n * 1000, 'request', 'cmr_00000000000' || (n % 10), 'published', 'shop', digest`,
  );
}

/** @param insert selects from the numbers `n` and their digests */
async function inBatches(database: Database, rows: number, insert: string): Promise<void> {
  // SQLite has no digests of its own, so that they come as a list.
  const from =
    database.dialect === 'sqlite'
      ? 'select value ->> 0 as n, value ->> 1 as digest from json_each(?)'
      : `select (value ->> 0)::bigint as n, value ->> 1 as digest from json_array_elements(?::json) as value`;
  for (let first = 1; first <= rows; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, rows - first + 1) }, (_, at) => first + at);
    const values = [JSON.stringify(numbers.map((n) => [n, digestOfRow(n)]))];
    await database.write([{ text: `${insert} from (${from}) as numbers`, values }]);
  }
}
