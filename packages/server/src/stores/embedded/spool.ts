import { close, fdatasync, open, writevSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HELD_IN_MEMORY, StoreError } from '../index.js';

/** A temporary file that an image is written to while it arrives. */
export interface Spool {
  /**
   * Takes the next bytes; a promise where it is behind. It rejects where writing failed, and so does
   * `publish`.
   */
  write(chunk: Buffer): void | Promise<void>;
  /** Makes the bytes durable and gives them their name, which is durable only when its folder is. */
  publish(file: string): Promise<void>;
  /** Removes the file unless it was published. Never rejects. */
  discard(): Promise<void>;
}

/** Descriptors as they are: a FileHandle costs each call a few microseconds more. */
const system = { open: promisify(open), sync: promisify(fdatasync), close: promisify(close) };

/**
 * Costs nothing until the first write. Bytes go into the page cache at once, on the caller's thread: it is a copy of 64 KiB in
 * memory, and handing each over to the pool costs more than that (docs/decisions/006-writes-at-once.md). What waits
 * for the disk is `publish`, which is on the pool.
 */
export function createSpool(file: string): Spool {
  let descriptor: number | undefined;
  let queue: Buffer[] = [];
  let held = 0;
  let opening: Promise<void> | undefined;
  let publishing: Promise<void> | undefined;
  let published = false;
  let discarded = false;
  let failure: StoreError | undefined;

  async function begin(): Promise<void> {
    descriptor = await system.open(file, 'wx', 0o600).catch((cause) => {
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

  async function publish(target: string): Promise<void> {
    await opening;
    if (failure) throw failure;
    if (descriptor === undefined) throw new Error('the image was discarded');
    await system.sync(descriptor);
    await release();
    await rename(file, target);
    published = true;
  }

  async function release(): Promise<void> {
    const open = descriptor;
    descriptor = undefined;
    if (open !== undefined) await system.close(open);
  }

  return {
    write(chunk) {
      if (discarded) throw new Error('the image was discarded');
      queue.push(chunk);
      held += chunk.length;
      if (descriptor !== undefined) return writeOut();
      if (!opening) {
        opening = begin();
        // Whoever waits, now or in `publish`, is told; there may be nobody now.
        opening.catch(() => undefined);
      }
      return held >= HELD_IN_MEMORY ? opening : undefined;
    },
    publish(target) {
      publishing ??= publish(target);
      return publishing;
    },
    async discard() {
      discarded = true;
      await publishing?.catch(() => undefined);
      await opening?.catch(() => undefined);
      await release().catch(() => undefined);
      if (!published) await rm(file, { force: true }).catch(() => undefined);
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
