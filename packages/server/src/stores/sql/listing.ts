import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImageKind } from '@coupon-media/apiv3';
import { type StoredUpload, type UploadPage, type UploadQuery, wrapStoreError } from '../index.js';
import { type CallEngine, callDirectly } from './schema.js';

/** The SQL of an engine. The two queries are written out, since kysely would be most of what `store list` loads. */
export interface Listing {
  readonly run: <Row>(text: string, values: readonly (string | number)[]) => Promise<readonly Row[]>;
  /** @returns how the value of this number, from 1 on, is written in a query */
  readonly place: (number: number) => string;
  /** Uploads that one query scans when it searches for a filename. */
  readonly stride: number;
  /** Whether a column contains a text, with matching letter case. Engines have different functions for it. */
  readonly holds: (column: string, place: string) => string;
  /** The text as the value of that place. Default: as it is. */
  readonly searched?: (text: string) => string;
  readonly callEngine?: CallEngine;
}

/**
 * Lists uploads by their ids, which grow with time. Filenames have no index, because an index would cost every upload a
 * page of its own. They are scanned instead, one stride at a time.
 */
export async function listUploads(listing: Listing, query: UploadQuery): Promise<UploadPage> {
  const { merchant, filename, cursor, limit = 100 } = query;
  const { callEngine = callDirectly } = listing;
  function look<T>(act: () => Promise<T>): Promise<T> {
    return callEngine('list uploads', act);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new RangeError('limit must be 1 to 1000');
  return wrapStoreError({ 'zh-CN': '无法列出上传记录', en: 'the uploads could not be listed' }, async () => {
    let below = cursor === undefined ? (await look(() => newestId(listing))) + 1 : idOf(cursor);
    const found: Row[] = [];
    while (below > 1 && found.length <= limit) {
      const from = filename === undefined ? 1 : Math.max(1, below - listing.stride);
      const range = { merchant, filename, from, below, limit: limit + 1 - found.length };
      found.push(...(await look(() => stride(listing, range))));
      below = from;
      await nextTurn();
    }
    const uploads = found.slice(0, limit);
    const last = uploads.at(-1);
    const page = { uploads: uploads.map(uploadOf) };
    return last && found.length > limit ? { ...page, next: String(last.id) } : page;
  });
}

async function newestId({ run }: Listing): Promise<number> {
  const [row] = await run<{ id: number | null }>('select max(id) as id from upload', []);
  return row?.id ?? 0;
}

function idOf(cursor: string): number {
  if (!/^[1-9]\d{0,15}$/.test(cursor))
    throw new RangeError('a cursor must be the next value of the previous page');
  return Number(cursor);
}

interface Stride {
  readonly merchant: string | undefined;
  readonly filename: string | undefined;
  /** Ids from `from` (included) to `below` (excluded). */
  readonly from: number;
  readonly below: number;
  readonly limit: number;
}

function stride(
  { run, place, holds, searched = (text) => text }: Listing,
  { merchant, filename, from, below, limit }: Stride,
): Promise<readonly Row[]> {
  const values: (string | number)[] = [];
  const placed = (value: string | number) => place(values.push(value));
  const conditions = [
    `upload.id >= ${placed(from)}`,
    `upload.id < ${placed(below)}`,
    ...(merchant === undefined ? [] : [`merchant = ${placed(merchant)}`]),
    ...(filename === undefined ? [] : [holds('filename', placed(searched(filename)))]),
  ];
  return run<Row>(
    `select upload.id, merchant, filename, upload.sha256, kind, bytes, width, height, at, request_id
     from upload join image on image.sha256 = upload.sha256
     where ${conditions.join(' and ')} order by upload.id desc limit ${placed(limit)}`,
    values,
  );
}

interface Row {
  id: number;
  merchant: string;
  filename: string;
  /** SQLite's binding gives several rows with an ArrayBuffer. */
  sha256: Uint8Array | ArrayBuffer;
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
    sha256: Buffer.from(sha256 as Uint8Array).toString('hex'),
    kind: kind as ImageKind,
    bytes,
    width,
    height,
    uploadedAt: at,
    requestId: request_id,
  };
}
