import { close, writevSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HELD_IN_MEMORY, StoreError } from '../index.js';

/** A file that an image is written to while it arrives. */
export interface Spool {
  /**
   * Takes the next bytes. Returns a promise if the spool is behind. If it rejects, writing failed and `use` will reject
   * as well.
   */
  write(chunk: Buffer): void | Promise<void>;
  /**
   * Passes the file's descriptor to `act` when all bytes are in the file. The file stays open at least until `act` has
   * ended.
   */
  use<T>(act: (descriptor: number) => Promise<T>): Promise<T>;
  /** Closes the file when nothing uses it any more. Never rejects. */
  discard(): Promise<void>;
}

/** Plain descriptors are used because a FileHandle costs a few microseconds more per call. */
const closeFile = promisify(close);

/**
 * Creates a spool, which costs nothing until the first write. Bytes go into the page cache at once and on the caller's
 * thread: copying 64 KiB in memory is cheaper than passing them to the thread pool
 * (docs/decisions/006-writes-at-once.md). Whoever uses the file waits for the disk, on the pool.
 *
 * @param open returns the descriptor of a new file
 */
export function createSpool(open: () => Promise<number>): Spool {
  let descriptor: number | undefined;
  let queue: Buffer[] = [];
  let held = 0;
  let opening: Promise<void> | undefined;
  let uses: Promise<unknown> = Promise.resolve();
  let discarded = false;
  let failure: StoreError | undefined;

  async function begin(): Promise<void> {
    descriptor = await open().catch((cause) => {
      throw unwritten(cause);
    });
    if (!discarded) writeOut();
  }

  /** Nothing is written after a failure, because a later success would leave a gap. */
  function writeOut(): void {
    if (failure) throw failure;
    const chunks = queue;
    queue = [];
    held = 0;
    try {
      writeWhole(descriptor as number, chunks);
    } catch (cause) {
      failure = unwritten(cause);
      throw failure;
    }
  }

  async function whole(): Promise<number> {
    await opening;
    if (failure) throw failure;
    if (descriptor === undefined) throw new Error('the image was discarded');
    return descriptor;
  }

  return {
    write(chunk) {
      if (discarded) throw new Error('the image was discarded');
      queue.push(chunk);
      held += chunk.length;
      if (descriptor !== undefined) return writeOut();
      if (!opening) {
        opening = begin();
        // `write` and `use` report the failure to their callers. If there is no caller now, it must not become an
        // unhandled rejection.
        opening.catch(() => undefined);
      }
      return held >= HELD_IN_MEMORY ? opening : undefined;
    },
    use(act) {
      const done = whole().then(act);
      uses = Promise.allSettled([uses, done]);
      return done;
    },
    async discard() {
      discarded = true;
      await uses;
      await opening?.catch(() => undefined);
      const open = descriptor;
      descriptor = undefined;
      if (open !== undefined) await closeFile(open).catch(() => undefined);
    },
  };
}

function unwritten(cause: unknown): StoreError {
  return new StoreError({ 'zh-CN': '无法写入图片', en: 'the image could not be written' }, { cause });
}

/** A disk that fills up accepts a part and reports the error on the next write. */
function writeWhole(descriptor: number, chunks: readonly Buffer[]): void {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let written = writevSync(descriptor, chunks);
  while (written < bytes) written += writevSync(descriptor, [Buffer.concat(chunks).subarray(written)]);
}

/** Bytes that must be free for uploads: an image of 2 MiB, its records, and the same amount in reserve. */
const LEAST_FREE = 4 * 1024 * 1024;

/**
 * Rejects if a folder has no room for an image or is not writable.
 *
 * @param file a path in the folder, which is written and removed
 */
export async function proveRoom(folder: string, file: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < LEAST_FREE) throw new Error(`${bavail * bsize} bytes are free in ${folder}`);
  await writeFile(file, Buffer.alloc(4096), { mode: 0o600 });
  await rm(file, { force: true });
}
