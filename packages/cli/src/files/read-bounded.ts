import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { CommandError } from '../shell/failure.js';

/**
 * Reads a file whole, be it a pipe or a device, but never without end: neither more than belongs there, nor from a pipe that
 * nobody writes to.
 *
 * @param mebibytes that it may have
 * @throws CommandError it has more, or nothing comes; and what the file system says
 */
export function readBounded(file: string, mebibytes: number): Buffer {
  const descriptor = openSync(file, WITHOUT_WAITING);
  try {
    return readAll(descriptor, { file, mebibytes, isPipe: fstatSync(descriptor).isFIFO() });
  } catch (error) {
    // What is read by its descriptor, a folder for one, is refused without a path.
    throw error instanceof CommandError ? error : Object.assign(error as Error, { path: file });
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Collects a stream whole.
 *
 * @param mebibytes that it may have
 * @throws CommandError it has more
 */
export async function collectBounded(stream: AsyncIterable<Buffer>, mebibytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > mebibytes * MEBIBYTE) throw new CommandError('stdin.tooLarge', { mebibytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** A named pipe would otherwise be waited for until somebody writes; Windows knows no such flag. */
const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const MEBIBYTE = 1024 * 1024;

interface Source {
  file: string;
  mebibytes: number;
  isPipe: boolean;
}

function readAll(descriptor: number, { file, mebibytes, isPipe }: Source): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  let lastCame = Date.now();
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const read = readSome(descriptor, chunk);
    // At its end a pipe is as one that nobody has begun to write to.
    const isUnwritten = isPipe && read === 0 && length === 0;
    if (read === 0 && !isUnwritten) return Buffer.concat(chunks, length);
    if (read !== undefined && read > 0) {
      length += read;
      if (length > mebibytes * MEBIBYTE) throw new CommandError('file.tooLarge', { file, mebibytes });
      chunks.push(chunk.subarray(0, read));
      lastCame = Date.now();
      continue;
    }
    const seconds = isUnwritten ? UNWRITTEN : SILENT;
    if (Date.now() - lastCame > seconds * 1000) throw new CommandError('file.silent', { file, seconds });
    Atomics.wait(SLEEP, 0, 0, 10);
  }
}

/** Seconds until somebody must have begun to write to a pipe, and until whoever writes must have written more. */
const UNWRITTEN = 5;
const SILENT = 60;

const SLEEP = new Int32Array(new SharedArrayBuffer(4));

/** @returns bytes read; undefined where there are none yet */
function readSome(descriptor: number, chunk: Buffer): number | undefined {
  try {
    return readSync(descriptor, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
