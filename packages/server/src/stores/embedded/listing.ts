import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImageKind } from '@coupon-media/apiv3';
import { type Kysely, sql } from 'kysely';
import type { StoredUpload, UploadPage, UploadQuery } from '../index.js';
import { explained } from './explained.js';
import type { Schema } from './schema.js';

/** Uploads looked through without letting anybody else have a turn: about a millisecond. */
const STRIDE = 2000;

/**
 * Lists uploads by their ids, which grow with time. Names have no index, since that would cost every upload a
 * page of its own: they are looked through, a stride at a time.
 */
export async function listUploads(queries: Kysely<Schema>, query: UploadQuery): Promise<UploadPage> {
  const { merchant, filename, cursor, limit = 100 } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new RangeError('limit is 1 to 1000');
  return explained('the uploads could not be listed', async () => {
    let below = cursor === undefined ? (await newestId(queries)) + 1 : idOf(cursor);
    const found: Row[] = [];
    while (below > 1 && found.length <= limit) {
      const from = filename === undefined ? 1 : Math.max(1, below - STRIDE);
      found.push(
        ...(await stride(queries, { merchant, filename, from, below, limit: limit + 1 - found.length })),
      );
      below = from;
      await nextTurn();
    }
    const uploads = found.slice(0, limit);
    const last = uploads.at(-1);
    const page = { uploads: uploads.map(uploadOf) };
    return last && found.length > limit ? { ...page, next: String(last.id) } : page;
  });
}

async function newestId(queries: Kysely<Schema>): Promise<number> {
  const row = await queries
    .selectFrom('upload')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
}

function idOf(cursor: string): number {
  if (!/^[1-9]\d{0,15}$/.test(cursor)) throw new RangeError('a cursor is what the page before gave');
  return Number(cursor);
}

interface Stride {
  readonly merchant: string | undefined;
  readonly filename: string | undefined;
  /** Ids from this one on, and below that one. */
  readonly from: number;
  readonly below: number;
  readonly limit: number;
}

function stride(queries: Kysely<Schema>, { merchant, filename, from, below, limit }: Stride): Promise<Row[]> {
  let query = queries
    .selectFrom('upload')
    .innerJoin('image', 'image.sha256', 'upload.sha256')
    .select([
      'upload.id',
      'merchant',
      'filename',
      sql<string>`lower(hex(upload.sha256))`.as('sha256'),
      'kind',
      'bytes',
      'width',
      'height',
      'at',
      'request_id',
    ])
    .where('upload.id', '>=', from)
    .where('upload.id', '<', below);
  if (merchant !== undefined) query = query.where('merchant', '=', merchant);
  if (filename !== undefined) query = query.where(sql<boolean>`instr(filename, ${filename}) > 0`);
  return query.orderBy('upload.id', 'desc').limit(limit).execute();
}

interface Row {
  id: number;
  merchant: string;
  filename: string;
  sha256: string;
  kind: string;
  bytes: number;
  width: number;
  height: number;
  at: number;
  request_id: string;
}

function uploadOf({
  merchant,
  filename,
  sha256,
  kind,
  bytes,
  width,
  height,
  at,
  request_id,
}: Row): StoredUpload {
  return {
    merchant,
    filename,
    sha256,
    kind: kind as ImageKind,
    bytes,
    width,
    height,
    uploadedAt: at,
    requestId: request_id,
  };
}
