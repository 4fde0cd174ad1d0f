import type { FileHandle } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/**
 * Reads a pipe or a device, opened without blocking, until its end, and closes it. A blocking read of a pipe without a writer
 * would never return, and an abort could not end it.
 *
 * @throws the error of the file system, or an error if no data came
 */
export async function* pipeBytes(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const isPipe = (await handle.stat()).isFIFO();
  let lastCame = performance.now();
  let length = 0;
  try {
    for (;;) {
      const { bytesRead, buffer } = await readSome(handle);
      // A pipe at its end looks like a pipe without a writer.
      const isUnwritten = isPipe && bytesRead === 0 && length === 0;
      if (bytesRead === 0 && !isUnwritten) return;
      if (bytesRead !== undefined && bytesRead > 0) {
        length += bytesRead;
        lastCame = performance.now();
        yield buffer.subarray(0, bytesRead);
        continue;
      }
      const seconds = isUnwritten ? UNWRITTEN : SILENT;
      if (performance.now() - lastCame > seconds * 1000) throw new Error(`no data came for ${seconds} s`);
      await setTimeout(10);
    }
  } finally {
    await handle.close();
  }
}

/** Seconds to wait for the first bytes of a pipe, and for the next ones. */
const UNWRITTEN = 5;
const SILENT = 60;

/** @returns `bytesRead` is undefined if there are no bytes yet */
async function readSome(handle: FileHandle): Promise<{ bytesRead: number | undefined; buffer: Uint8Array }> {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  try {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    return { bytesRead, buffer };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return { bytesRead: undefined, buffer };
    throw error;
  }
}
