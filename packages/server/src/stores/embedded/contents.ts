import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { errorText, type ImageKind, type Text, withReason } from '@coupon-media/apiv3';
import type { UsedNonce } from '../../limits/nonces.js';
import type { Row } from '../database.js';
import type { MerchantRecord, PlatformKeyRecord } from '../index.js';
import { openDatabase } from './database.js';
import { absent, type Folder, folderAt } from './folder.js';
import { FolderInUseError, lockFolder } from './lock.js';
import { createMerchantReader } from './merchant-reader.js';
import { markMoved } from './moved.js';
import { readNonces } from './nonces.js';
import { rowsOf } from './statements.js';
import { ownersOf } from './wrapper-schema.js';

/** The whole content of a folder, in the order of ids, which grow with time. */
export interface FolderContents {
  readonly path: string;
  /** Whether a service has the folder, so that it grows meanwhile. */
  readonly serving: boolean;
  merchants(): Promise<MerchantRecord[]>;
  platformKeys(): Promise<PlatformKeyRecord[]>;
  platformKeyUses(): Promise<ReadonlyMap<string, number>>;
  settings(): Promise<{ name: string; value: string }[]>;
  /** @param notBefore Unix seconds */
  nonces(notBefore: number): Promise<UsedNonce[]>;
  /**
   * Returns the current greatest ids. The uploads are read first, so the image of every upload up to their end is
   * within the images' end.
   */
  ends(): { readonly image: number; readonly upload: number };
  /** Counts the rows of a range. */
  count(table: 'image' | 'upload', range: IdRange): number;
  images(range: IdRange, limit: number): FolderImage[];
  uploads(range: IdRange, limit: number): FolderUpload[];
  /** The tables of what wraps a service, by their owners. */
  wrapperTables(): readonly { readonly owner: string; readonly table: string }[];
  /** Rows of such a table, in the order of their positions. */
  wrapperRows(
    table: string,
    after: number,
    limit: number,
  ): readonly { readonly position: number; readonly row: Row }[];
  /**
   * Marks the folder as taken over by another store, so that no service serves it any more.
   *
   * @param to a description of that store without passwords
   * @returns the path of the mark
   */
  markMoved(to: Text): Promise<string>;
  /** @returns the image's bytes as they were uploaded, or a description of what is wrong with them */
  content(image: FolderImage): Promise<Buffer | Text>;
  close(): Promise<void>;
}

/** Ids greater than `after`, up to and including `end`. */
export interface IdRange {
  readonly after: number;
  readonly end: number;
}

export interface FolderImage {
  readonly id: number;
  readonly sha256: Buffer;
  readonly kind: ImageKind;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

export interface FolderUpload {
  readonly id: number;
  readonly merchant: string;
  readonly filename: string;
  readonly sha256: Buffer;
  /** Unix milliseconds. */
  readonly at: number;
  readonly requestId: string;
}

/**
 * Opens a folder to read its whole content, for example to migrate it to other engines. If no service has the folder,
 * it is locked, so that none can start meanwhile.
 *
 * @returns undefined if the folder holds no store
 * @throws StoreError if the database cannot be opened
 */
export async function openEmbeddedContents({
  folder: path,
}: {
  folder: string;
}): Promise<FolderContents | undefined> {
  const folder = folderAt(path);
  if (!(await access(folder.database).then(() => true, absent))) return undefined;
  const lock = await lockUnlessServed(folder);
  const unlock = async () => lock?.release(lock.unclean);
  try {
    return await contentsOf(folder, lock === undefined, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function contentsOf(
  folder: Folder,
  serving: boolean,
  unlock: () => Promise<void>,
): Promise<FolderContents> {
  const connection = await openDatabase(folder);
  connection.exec('PRAGMA query_only=1');
  const { merchants, platformKeys, platformKeyUses } = createMerchantReader(connection);
  const bytesOf = connection.row('select content from image where id = ?');
  const endOf = {
    image: connection.row('select coalesce(max(id), 0) from image'),
    upload: connection.row('select coalesce(max(id), 0) from upload'),
  };
  // The plus sign makes SQLite use an index. The tables contain the images and are as large as they are.
  const counts = {
    image: connection.row('select count(*) from image where +id > ? and +id <= ?'),
    upload: connection.row('select count(*) from upload where +id > ? and +id <= ?'),
  };
  const images = connection.prepare(
    'select id, sha256, kind, bytes, width, height from image where id > ? and id <= ? order by id limit ?',
  );
  const uploads = connection.prepare(
    `select id, merchant, filename, sha256, at, request_id as requestId from upload
     where id > ? and id <= ? order by id limit ?`,
  );
  return {
    path: folder.path,
    serving,
    ...{ merchants: () => merchants(), platformKeys, platformKeyUses },
    settings: async () =>
      connection.prepare('select name, value from setting order by name').all([]) as {
        name: string;
        value: string;
      }[],
    nonces: (notBefore) => readNonces(connection, notBefore),
    ends() {
      const upload = Number(endOf.upload([])?.[0]);
      return { upload, image: Number(endOf.image([])?.[0]) };
    },
    count: (table, { after, end }) => Number(counts[table]([after, end])?.[0]),
    images: ({ after, end }, limit) => images.all([after, end, limit]).map(withDigest<FolderImage>),
    uploads: ({ after, end }, limit) => uploads.all([after, end, limit]).map(withDigest<FolderUpload>),
    wrapperTables() {
      const tables = connection.prepare(
        `select name as "table" from store.sqlite_master where type = 'table' and substr(name, 1, ?) = ? order by name`,
      );
      return ownersOf(connection).flatMap((owner) =>
        (tables.all([owner.length + 1, `${owner}_`]) as { table: string }[]).map(({ table }) => ({
          owner,
          table,
        })),
      );
    },
    wrapperRows(table, after, limit) {
      const rows = connection
        .prepare(
          `select rowid as "position of the move", * from "${table}" where rowid > ? order by rowid limit ?`,
        )
        .all([after, limit]);
      return rowsOf(rows).map(({ 'position of the move': position, ...row }) => ({
        position: Number(position),
        row,
      }));
    },
    async content({ id, sha256, kind, bytes }) {
      const file = folder.image(sha256.toString('hex'), kind);
      try {
        const kept = bytesOf([id])?.[0] as Buffer | null | undefined;
        const content = kept ?? (await readFile(file));
        if (content.length === bytes && createHash('sha256').update(content).digest().equals(sha256))
          return content;
        return withReason(kept ? IN_DATABASE : file, OTHER_BYTES);
      } catch (error) {
        return withReason(file, errorText(error));
      }
    },
    markMoved: (to) => markMoved(folder, to, new Date()),
    async close() {
      connection.close();
      await unlock();
    },
  };
}

/** A query for several rows returns blobs as ArrayBuffer. */
function withDigest<T>(row: unknown): T {
  const { sha256, ...rest } = row as { sha256: ArrayBuffer };
  return { ...rest, sha256: Buffer.from(sha256) } as T;
}

async function lockUnlessServed(folder: Folder) {
  try {
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof FolderInUseError) return undefined;
    throw error;
  }
}

const IN_DATABASE = { 'zh-CN': '数据库中', en: 'in the database' };
const OTHER_BYTES = { 'zh-CN': '内容与上传时不同', en: 'not the bytes that were uploaded' };
