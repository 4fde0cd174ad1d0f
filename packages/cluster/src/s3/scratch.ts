import { randomUUID } from 'node:crypto';
import { open, readSync, unlink } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { errorText, filled } from '@coupon-media/apiv3';
import { createSpool, proveRoom, type Spool, StoreError, trackSpools } from '@coupon-media/server/engine';

/** The files of images that are arriving. */
export interface Scratch {
  spool(): Spool;
  /** Rejects if the folder is not writable. */
  ready(): Promise<void>;
  /** Discards the images that are still arriving. */
  close(): Promise<void>;
}

/** Only files with such a name are removed, because other programs may use the folder. */
const NAME = /^coupon-media-[0-9a-f-]{36}\.part$/;

const system = { open: promisify(open), unlink: promisify(unlink) };

/**
 * Opens a folder for temporary files. A file is unlinked as soon as it is open, so the system frees its bytes when it
 * is closed or the process ends, for whatever reason. A process that is killed between the two calls leaves an empty
 * file, which the next one to start removes. If that file belongs to a running process between its two calls, removing
 * it does no harm.
 *
 * @throws StoreError that names the folder
 */
export async function openScratch(folder: string): Promise<Scratch> {
  const arriving = trackSpools<Spool>();
  const root = path.resolve(folder);
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(root))
      if (NAME.test(name)) await rm(path.join(root, name), { force: true });
    await proveRoom(root, newFile());
  } catch (cause) {
    throw new StoreError(filled(UNUSABLE, { root, reason: errorText(cause) }), { cause });
  }

  function newFile(): string {
    return path.join(root, `coupon-media-${randomUUID()}.part`);
  }

  return {
    ready: () => proveRoom(root, newFile()),
    spool() {
      return arriving.track(
        createSpool(async () => {
          const file = newFile();
          const descriptor = await system.open(file, 'wx+', 0o600);
          await system.unlink(file).catch(() => undefined); // a node that has just started may have removed it
          return descriptor;
        }),
      );
    },
    close: arriving.discard,
  };
}

/** Bytes that are read at a time. */
const CHUNK = 65_536;

/**
 * Returns the bytes of an open file from its beginning; it may be called repeatedly. The bytes were just written and
 * are still in memory, so copying them on the caller's thread is cheaper than using another thread
 * (docs/decisions/006-writes-at-once.md). Once the stream is destroyed, nothing more is read.
 */
export function contentOf(descriptor: number, bytes: number): Readable {
  let at = 0;
  return new Readable({
    highWaterMark: CHUNK,
    read() {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, bytes - at));
      const read = chunk.length > 0 ? readSync(descriptor, chunk, 0, chunk.length, at) : 0;
      at += read;
      if (read === 0 && at < bytes) throw new Error(`the file ends after ${at} bytes of ${bytes}`);
      this.push(read === 0 ? null : chunk.subarray(0, read));
    },
  });
}

const UNUSABLE = {
  'zh-CN': '无法使用暂存目录 {root}：{reason}',
  en: 'the scratch folder {root} cannot be used: {reason}',
};
