import { close, fdatasync, open, writev } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HELD_IN_MEMORY } from '../index.js';
import { explained } from './explained.js';

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
const system = {
  open: promisify(open),
  write: promisify(writev),
  sync: promisify(fdatasync),
  close: promisify(close),
};

/** Costs nothing until the first write. */
export function createSpool(file: string): Spool {
  let descriptor: number | undefined;
  let queue: Buffer[] = [];
  let held = 0;
  let pump: Promise<void> | undefined;
  let publishing: Promise<void> | undefined;
  let published = false;
  let discarded = false;

  /** Writes out what has come, and what comes meanwhile. Where it fails, `pump` stays rejected. */
  async function drain(): Promise<void> {
    descriptor ??= await system.open(file, 'wx', 0o600);
    while (queue.length > 0 && !discarded) {
      const chunks = queue;
      queue = [];
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      await writeWhole(descriptor, chunks, bytes);
      held -= bytes;
    }
    pump = undefined;
  }

  async function publish(target: string): Promise<void> {
    await pump;
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
      if (!pump) {
        pump = explained('the image could not be written', drain);
        // Whoever waits, now or in `publish`, is told; there may be nobody now.
        pump.catch(() => undefined);
      }
      return held >= HELD_IN_MEMORY ? pump : undefined;
    },
    publish(target) {
      publishing ??= publish(target);
      return publishing;
    },
    async discard() {
      discarded = true;
      await publishing?.catch(() => undefined);
      await pump?.catch(() => undefined);
      await release().catch(() => undefined);
      if (!published) await rm(file, { force: true }).catch(() => undefined);
    },
  };
}

/** A disk that fills up takes a part, and says why it takes no more the next time. */
async function writeWhole(descriptor: number, chunks: readonly Buffer[], bytes: number): Promise<void> {
  let { bytesWritten } = await system.write(descriptor, chunks);
  while (bytesWritten < bytes) {
    const rest = Buffer.concat(chunks).subarray(bytesWritten);
    bytesWritten += (await system.write(descriptor, [rest])).bytesWritten;
  }
}
