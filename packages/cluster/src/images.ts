import { filled, type ImageKind, imagePath } from '@coupon-media/apiv3';
import {
  type AddedRows,
  type Addition,
  createDraft,
  createHeldMemory,
  type ImageReader,
  type ImageStore,
  type Listing,
  listUploads,
  type NewUpload,
  type Spool,
  type StoredBytes,
  StoreError,
  trackCommits,
  wrapStoreError,
} from '@coupon-media/server/engine';
import { CompiledQuery } from 'kysely';
import type { Postgres } from './postgres/database.js';
import { reasonOf } from './postgres/errors.js';
import { createRecorder, recordingOf } from './postgres/recorder.js';
import { within } from './postgres/wrapper-tables.js';
import type { Bucket } from './s3/bucket.js';
import { contentOf, type Scratch } from './s3/scratch.js';

/** Bytes of all images above 64 KiB that a node holds in memory; further ones are spooled. */
const HELD_TOGETHER = 32 * 1024 * 1024;

/**
 * Stores the bytes first and then the row, so that every row has bytes. Bytes without a row are unused, and the same
 * bytes may be stored again later.
 *
 * @param heldTogether bytes of all images above 64 KiB that are held in memory until they are stored
 */
export function createImageStore(
  postgres: Postgres,
  bucket: Bucket,
  scratch: Scratch,
  heldTogether = HELD_TOGETHER,
): ImageStore {
  const commits = trackCommits();
  const memory = createHeldMemory(heldTogether);
  const record = createRecorder(postgres);
  let closed = false;

  function refuseClosed(): void {
    if (closed) throw new StoreError(TEXTS.closed);
  }

  /**
   * Always writes the object without checking for it first (docs/decisions/008-cluster-store.md). So a lost object is
   * restored by the next upload.
   */
  async function keep(
    upload: NewUpload,
    addition: Addition | undefined,
    put: () => Promise<void>,
  ): Promise<AddedRows> {
    refuseClosed();
    await wrapStoreError(TEXTS.imageUnstored, put);
    return wrapStoreError(TEXTS.uploadUnrecorded, async () => {
      if (addition?.statements.length) return recordWith(postgres, upload, addition);
      await postgres.calls.call('record upload', (signal) => record(upload, signal));
      return [];
    });
  }

  async function keepLong(
    upload: NewUpload,
    spool: Spool,
    addition: Addition | undefined,
  ): Promise<AddedRows> {
    try {
      return await keep(upload, addition, () =>
        spool.use((descriptor) => bucket.put(upload, () => contentOf(descriptor, upload.bytes))),
      );
    } finally {
      await spool.discard();
    }
  }

  return {
    ...createImageReader(postgres, bucket),
    draft: () =>
      createDraft({
        spool: scratch.spool,
        memory,
        keepShort: (upload, content, addition) =>
          commits.track(keep(upload, addition, () => bucket.put(upload, content))),
        keepLong: (upload, spool, addition) => commits.track(keepLong(upload, spool, addition)),
      }),
    async ready() {
      refuseClosed();
      await Promise.all([
        writable(postgres),
        bucket.ready(),
        wrapStoreError(TEXTS.scratchUnwritten, scratch.ready),
      ]);
    },
    async close() {
      closed = true;
      await commits.settled();
      await scratch.close();
    },
  };
}

/** In one transaction, which is not repeated: what the statements of a wrapper do the second time is not known here. */
function recordWith(
  { calls, queries }: Postgres,
  upload: NewUpload,
  { statements }: Addition,
): Promise<AddedRows> {
  const { text, values } = recordingOf([upload]);
  const together = () =>
    queries.transaction().execute(async (transaction) => {
      await transaction.executeQuery(CompiledQuery.raw(text, values));
      const added: AddedRows[number][] = [];
      for (const statement of statements) added.push(await within(transaction, statement));
      return added;
    });
  return calls.call('record upload', together, { repeatable: false });
}

/** Writes a logical message to the write-ahead log. A read-only server rejects it, and no table grows. */
async function writable(postgres: Postgres): Promise<void> {
  const ask = () =>
    postgres.run<{ read_only: string }>(
      `select current_setting('transaction_read_only') as read_only, pg_logical_emit_message(true, 'coupon-media', '')`,
    );
  try {
    const { rows } = await postgres.calls.call('probe', ask);
    if (rows[0]?.read_only !== 'off') throw new StoreError(TEXTS.readOnly);
  } catch (cause) {
    throw new StoreError(filled(TEXTS.noUploads, { reason: reasonOf(cause) }), { cause });
  }
}

/** Uploads that one query scans when it searches for a filename, which takes some ten milliseconds. */
const STRIDE = 20_000;

/**
 * Reads images from the bucket alone, so that serving them is no load on the database and continues without it. The
 * database is queried only if the object is missing or the kind is unknown.
 */
export function createImageReader(postgres: Postgres, bucket: Bucket): ImageReader {
  const listing: Listing = {
    run: async <Row>(text: string, values: readonly (string | number)[]) =>
      (await postgres.run<Row>(text, values)).rows,
    place: (number) => `$${number}`,
    stride: STRIDE,
    holds: (column, place) => `${column} like ${place}`,
    searched: (text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`,
    callEngine: postgres.callEngine,
  };

  async function recorded(sha256: string): Promise<{ kind: ImageKind; bytes: number } | undefined> {
    const { rows } = await postgres.calls.call('find image', () =>
      postgres.run<{ kind: ImageKind; bytes: number }>('select kind, bytes from image where sha256 = $1', [
        Buffer.from(sha256, 'hex'),
      ]),
    );
    return rows[0];
  }

  function stored(sha256: string, kind: ImageKind, size: number): StoredBytes {
    return {
      kind,
      size,
      content: (range = { start: 0, end: size - 1 }) => bucket.read(sha256, kind, range),
    };
  }

  return {
    read: (sha256, kind) =>
      wrapStoreError(filled(TEXTS.imageUnread, { sha256 }), async () => {
        if (kind !== undefined) {
          const size = await bucket.size(sha256, kind);
          if (size !== undefined) return stored(sha256, kind, size);
        }
        const record = await recorded(sha256);
        if (!record || (kind !== undefined && kind !== record.kind)) return undefined;
        const found = await bucket.size(sha256, record.kind);
        const key = imagePath({ sha256, kind: record.kind });
        if (found === undefined) throw new Error(`${key} is missing`);
        if (found !== record.bytes) throw new Error(`${key} has ${found} bytes of ${record.bytes}`);
        return stored(sha256, record.kind, found);
      }),
    uploads: (query) => listUploads(listing, query),
  };
}

/** What cannot be done. */
const TEXTS = {
  closed: { 'zh-CN': '存储已关闭', en: 'the store is closed' },
  imageUnstored: { 'zh-CN': '无法存储图片', en: 'the image could not be stored' },
  uploadUnrecorded: { 'zh-CN': '无法写入上传记录', en: 'the upload could not be recorded' },
  scratchUnwritten: { 'zh-CN': '无法写入暂存目录', en: 'the scratch folder cannot be written to' },
  readOnly: { 'zh-CN': '数据库只读', en: 'the server is read-only' },
  noUploads: { 'zh-CN': 'PostgreSQL 无法写入：{reason}', en: 'PostgreSQL takes no uploads: {reason}' },
  imageUnread: { 'zh-CN': '无法读取图片 {sha256}', en: 'image {sha256} could not be read' },
} as const;
