import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { filled, type ImageKind } from '@coupon-media/apiv3';
import {
  type AddedRows,
  type Addition,
  type ImageReader,
  type ImageStore,
  type NewUpload,
  type StoredBytes,
  wrapStoreError,
} from '../index.js';
import { createDraft } from '../spool/draft.js';
import { proveRoom } from '../spool/spool.js';
import { trackCommits } from '../spool/trackers.js';
import type { SqliteConnection } from './binding.js';
import type { FileSpool } from './file-spool.js';
import type { ImageFiles } from './files.js';
import { type Folder, sizeIfThere } from './folder.js';
import { listEmbedded } from './listing.js';
import type { RecordWriter } from './writer.js';

/** @param reader a separate connection, because reads on a writing one would wait for its commits */
export function createImageStore(
  folder: Folder,
  reader: SqliteConnection,
  writer: RecordWriter,
  files: ImageFiles,
): ImageStore {
  const isRecorded = reader.row('select 1 from image where sha256 = ?');
  const commits = trackCommits();

  async function isStored({ sha256, kind, bytes }: NewUpload): Promise<boolean> {
    if (!isRecorded([Buffer.from(sha256, 'hex')])) return false;
    // A new upload of the same image repairs a record whose file was lost.
    return (await sizeIfThere(folder.image(sha256, kind))) === bytes;
  }

  async function keepAsFile(
    upload: NewUpload,
    spool: FileSpool,
    addition: Addition | undefined,
  ): Promise<AddedRows> {
    try {
      await wrapStoreError({ 'zh-CN': '无法写入图片', en: 'the image could not be written' }, async () => {
        // Of the same bytes a second file replaces the first: senders without a signature must not learn by the time that it was there.
        if (!upload.nonce || !(await isStored(upload)))
          await files.publish(spool, upload.sha256, upload.kind);
      });
    } finally {
      await spool.discard();
    }
    const added = await writer.upload(upload, null, addition);
    files.recorded(upload.sha256);
    return added;
  }

  return {
    ...createImageReader(reader, folder),
    draft: () =>
      createDraft({
        spool: files.spool,
        keepShort: (upload, content, addition) => commits.track(writer.upload(upload, content, addition)),
        keepLong: (upload, spool, addition) => commits.track(keepAsFile(upload, spool, addition)),
      }),
    async ready() {
      await writer.probe();
      const file = path.join(folder.incoming, 'probe');
      await wrapStoreError({ 'zh-CN': '无法写入文件', en: 'the store cannot write files' }, () =>
        proveRoom(folder.path, file),
      );
    },
    async close() {
      await commits.settled();
      await files.close();
      await writer.close();
      reader.close();
    },
  };
}

export function createImageReader(reader: SqliteConnection, folder: Folder): ImageReader {
  const find = reader.row('select kind, bytes, content from image where sha256 = ?');
  return {
    read: (sha256) =>
      wrapStoreError(
        () => filled(UNREAD, { sha256 }),
        async () => {
          const row = find([Buffer.from(sha256, 'hex')]) as [ImageKind, number, Buffer | null] | undefined;
          if (!row) return undefined;
          const [kind, size, content] = row;
          if (content) return stored(kind, size, (start, end) => content.subarray(start, end + 1));
          const file = folder.image(sha256, kind);
          const found = await sizeIfThere(file);
          if (found === undefined) throw new Error(`${file} is missing`);
          if (found !== size) throw new Error(`${file} has ${found} bytes of ${size}`);
          return {
            ...stored(kind, size, (start, end) => createReadStream(file, { start, end })),
            whole: () => readWhole(file, size),
          };
        },
      ),
    uploads: (query) => listEmbedded(reader, query),
  };
}

function stored(
  kind: ImageKind,
  size: number,
  part: (start: number, end: number) => Buffer | Readable,
): StoredBytes {
  return { kind, size, content: ({ start, end } = { start: 0, end: size - 1 }) => part(start, end) };
}

/** One read: a stream of 2 MiB makes 32 jobs for the thread pool, and its pieces would have to be joined. */
async function readWhole(file: string, size: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await handle.read(bytes, at, size - at, at);
      if (bytesRead === 0) throw new Error(`${file} ends after ${at} bytes of ${size}`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

const UNREAD = { 'zh-CN': '无法读取图片 {sha256}', en: 'image {sha256} could not be read' };
