import type { FileHandle } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/**
 * Reads a pipe or a device that was opened without waiting, until its end, and closes it: one that nobody has opened to write
 * would otherwise be waited for without end, where not even an abort is heard.
 *
 * @throws what the file system says, or that nothing came
 */
export async function* pipeBytes(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const isPipe = (await handle.stat()).isFIFO();
  let lastCame = performance.now();
  let length = 0;
  try {
    for (;;) {
      const { bytesRead, buffer } = await readSome(handle);
      // At its end a pipe is as one that nobody has begun to write to.
      const isUnwritten = isPipe && bytesRead === 0 && length === 0;
      if (bytesRead === 0 && !isUnwritten) return;
      if (bytesRead !== undefined && bytesRead > 0) {
        length += bytesRead;
        lastCame = performance.now();
        yield buffer.subarray(0, bytesRead);
        continue;
      }
      const seconds = isUnwritten ? UNWRITTEN : SILENT;
      if (performance.now() - lastCame > seconds * 1000) throw new Error(`nothing came for ${seconds} s`);
      await setTimeout(10);
    }
  } finally {
    await handle.close();
  }
}

/** Seconds until somebody must have begun to write, and until whoever writes must have written more. */
const UNWRITTEN = 5;
const SILENT = 60;

/** @returns without bytes where there are none yet */
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
