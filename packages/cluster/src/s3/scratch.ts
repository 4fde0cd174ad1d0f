import { randomUUID } from 'node:crypto';
import { open, readSync, unlink } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createSpool, proveRoom, type Spool, StoreError, trackSpools } from '@coupon-media/server/engine';

/** Where images are while they arrive. */
export interface Scratch {
  spool(): Spool;
  /** Rejects where nothing can be written. */
  ready(): Promise<void>;
  /** Throws away what is still arriving. */
  close(): Promise<void>;
}

/** Only what has such a name is ever removed here: the folder may be everybody's. */
const NAME = /^coupon-media-[0-9a-f-]{36}\.part$/;

const system = { open: promisify(open), unlink: promisify(unlink) };

/**
 * Files lose their names as soon as they are open: the system takes their bytes back when they are closed, or their
 * process ends, however it ends. Killed in between, a process leaves an empty file, and the next to start removes it; one
 * that is another's, between its two calls, is removed without harm.
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
    const reason = cause instanceof Error ? cause.message : cause;
    throw new StoreError(`the scratch folder ${root} cannot be used: ${reason}`, { cause });
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
          await system.unlink(file).catch(() => undefined); // swept by who has just started
          return descriptor;
        }),
      );
    },
    close: arriving.discard,
  };
}

/** Bytes read at a time. */
const CHUNK = 65_536;

/**
 * The bytes of a file that is open, from its beginning, as often as they are wanted. They were written a moment ago and are
 * in memory still: to copy them on the caller's thread costs less than to have another thread do it
 * (docs/decisions/006-writes-at-once.md). Nothing is read any more once the stream is destroyed.
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
