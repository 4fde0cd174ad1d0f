import { close, writevSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HELD_IN_MEMORY, StoreError } from '../index.js';

/** A file that an image is written to while it arrives. */
export interface Spool {
  /**
   * Takes the next bytes; a promise where it is behind. It rejects where writing failed, and so does `use`.
   */
  write(chunk: Buffer): void | Promise<void>;
  /** Hands over the file's descriptor when all that came is in it. It stays open at least until `act` has ended. */
  use<T>(act: (descriptor: number) => Promise<T>): Promise<T>;
  /** Closes the file when nobody uses it any more. Never rejects. */
  discard(): Promise<void>;
}

/** Descriptors as they are: a FileHandle costs each call a few microseconds more. */
const closeFile = promisify(close);

/**
 * Costs nothing until the first write. Bytes go into the page cache at once, on the caller's thread: it is a copy of 64 KiB in
 * memory, and handing each over to the pool costs more than that (docs/decisions/006-writes-at-once.md). What waits
 * for the disk is for who uses the file to do, on the pool.
 *
 * @param open a new file's descriptor
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

  /** After a failure nothing is written any more: a later success would leave a gap. */
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
        // Whoever waits, now or in `use`, is told; there may be nobody now.
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
  return new StoreError('the image could not be written', { cause });
}

/** A disk that fills up takes a part, and says why it takes no more the next time. */
function writeWhole(descriptor: number, chunks: readonly Buffer[]): void {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let written = writevSync(descriptor, chunks);
  while (written < bytes) written += writevSync(descriptor, [Buffer.concat(chunks).subarray(written)]);
}

/** Bytes that have to be free for uploads to be taken: an image of 2 MiB, its records, and as much again. */
const LEAST_FREE = 4 * 1024 * 1024;

/**
 * Rejects where a folder has no room for an image, or cannot be written to.
 *
 * @param file in it, which is written and removed
 */
export async function proveRoom(folder: string, file: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < LEAST_FREE) throw new Error(`${bavail * bsize} bytes are free in ${folder}`);
  await writeFile(file, Buffer.alloc(4096), { mode: 0o600 });
  await rm(file, { force: true });
}
