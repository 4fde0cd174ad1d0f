import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { CommandError } from '../shell/failure.js';

/**
 * Reads a whole file, pipe or device with two limits: a size, and a time to wait for a pipe without a writer.
 *
 * @param mebibytes the largest size
 * @throws CommandError if it is larger or no data comes; the error of the file system
 */
export function readBounded(file: string, mebibytes: number): Buffer {
  const descriptor = openSync(file, WITHOUT_WAITING);
  try {
    return readAll(descriptor, { file, mebibytes, isPipe: fstatSync(descriptor).isFIFO() });
  } catch (error) {
    // Errors of a descriptor have no path, for example for a folder.
    throw error instanceof CommandError ? error : Object.assign(error as Error, { path: file });
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a whole stream.
 *
 * @param mebibytes the largest size
 * @throws CommandError if it is larger
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

/** Opening a named pipe must not block until there is a writer. Windows has no such flag. */
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
    // A pipe at its end looks like a pipe without a writer.
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

/** Seconds to wait for the first bytes of a pipe, and for the next ones. */
const UNWRITTEN = 5;
const SILENT = 60;

const SLEEP = new Int32Array(new SharedArrayBuffer(4));

/** @returns the number of bytes read; undefined if there are none yet */
function readSome(descriptor: number, chunk: Buffer): number | undefined {
  try {
    return readSync(descriptor, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
