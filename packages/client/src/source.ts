import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ReadableStream } from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import { fileErrorReason, IMAGE_BYTES_LIMIT, pathFault, redacted, withoutPath } from '@coupon-media/apiv3';
import { abortable, checkAborted } from './abort.js';
import { ClientError, ImageError, OptionError, SourceError } from './errors.js';
import { pipeBytes } from './pipe.js';

/**
 * The source of an image: a path or `file:` URL; bytes, which must not change until the upload has ended; a Blob or File; a
 * Node or web stream, or any iterable of bytes.
 */
export type ImageSource =
  | string
  | URL
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** An image in memory. */
export interface SourceImage {
  bytes: Buffer;
  /** The name of the source: the last part of a path, the name of a File. */
  name: string | undefined;
}

/**
 * Reads a whole source of at most 2 MiB. The upload needs it in memory, since meta with the digest is sent first, and a retry
 * sends it again.
 *
 * @throws ImageError `fileTooLarge`, SourceError, OptionError, AbortedError
 */
export async function readSource(source: ImageSource, signal?: AbortSignal): Promise<SourceImage> {
  checkAborted(signal);
  if (typeof source === 'string' || source instanceof URL) return readPath(pathOf(source), signal);
  if (source instanceof Uint8Array) return { bytes: bounded(asBuffer(source)), name: undefined };
  if (source instanceof Blob) return readBlob(source);
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) {
    return { bytes: await collect(source, signal), name: undefined };
  }
  throw new OptionError('source', 'must be a path, a file: URL, bytes, a Blob or a stream of bytes');
}

function pathOf(source: string | URL): string {
  if (typeof source === 'string') return source;
  if (source.protocol === 'file:') return fileURLToPath(source);
  throw new OptionError(
    'source',
    `must be a file: URL, not ${source.protocol}; fetch it first and pass the bytes`,
  );
}

async function readPath(path: string, signal: AbortSignal | undefined): Promise<SourceImage> {
  const name = basename(path);
  const handle = await openFile(path);
  const stats = await handle.stat();
  // A pipe (/dev/stdin, process substitution) has no known size and is closed after it was read.
  if (!stats.isFile() && !stats.isDirectory()) {
    return { bytes: await collect(pipeBytes(handle), signal), name };
  }
  try {
    if (stats.isDirectory()) throw new SourceError(`${redacted(path).en} is a folder, not an image`);
    return { bytes: await readWhole(handle, stats, path), name };
  } finally {
    await handle.close();
  }
}

/** Opening a named pipe must not block until there is a writer. Windows has no such flag. */
const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, WITHOUT_WAITING);
  } catch (error) {
    const fault = pathFault(path);
    if (fault) {
      const cause = withoutPath(error);
      throw new SourceError(`this is ${fault.en}; give a path, or pass the bytes`, { cause });
    }
    throw new SourceError(`cannot open ${redacted(path).en}: ${fileErrorReason(error)}`, { cause: error });
  }
}

/**
 * Reads into one buffer of the file's size and one byte more. A file that changes meanwhile would be inconsistent, so it is
 * refused.
 */
async function readWhole(handle: FileHandle, before: Stats, path: string): Promise<Buffer> {
  if (before.size > IMAGE_BYTES_LIMIT) throw tooLarge(`${before.size} bytes`);
  const buffer = Buffer.allocUnsafe(before.size + 1);
  const length = await readInto(buffer, handle, path);
  const after = await handle.stat();
  if (length !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
    throw new SourceError(`${redacted(path).en} changed while it was read; upload it again when it is whole`);
  }
  return buffer.subarray(0, length);
}

/** @returns the number of bytes read, until the end of the file or of the buffer */
async function readInto(buffer: Buffer, handle: FileHandle, path: string): Promise<number> {
  let length = 0;
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) return length;
      length += bytesRead;
    }
  } catch (cause) {
    throw new SourceError(`cannot read ${redacted(path).en}: ${fileErrorReason(cause)}`, { cause });
  }
}

async function readBlob(blob: Blob): Promise<SourceImage> {
  if (blob.size > IMAGE_BYTES_LIMIT) throw tooLarge(`${blob.size} bytes`);
  const name = 'name' in blob && typeof blob.name === 'string' ? blob.name : undefined;
  try {
    return { bytes: Buffer.from(await blob.arrayBuffer()), name };
  } catch (cause) {
    throw new SourceError(`cannot read the Blob: ${fileErrorReason(cause)}`, { cause });
  }
}

async function collect(source: AsyncIterable<unknown>, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await abortable(iterator.next(), signal);
      if (done) return Buffer.concat(chunks, length);
      if (!(value instanceof Uint8Array)) {
        throw new SourceError(`the stream yields ${typeof value}, not bytes: set no encoding on it`);
      }
      length += value.length;
      if (length > IMAGE_BYTES_LIMIT) throw tooLarge('more');
      chunks.push(value);
    }
  } catch (cause) {
    // A source that hangs may also hang in return(), so its end is not awaited.
    iterator.return?.()?.catch(() => {});
    if (cause instanceof ClientError) throw cause;
    throw new SourceError(`the stream failed: ${fileErrorReason(cause)}`, { cause });
  }
}

function bounded(bytes: Buffer): Buffer {
  if (bytes.length > IMAGE_BYTES_LIMIT) throw tooLarge(`${bytes.length} bytes`);
  return bytes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tooLarge(found: string): ImageError {
  return new ImageError(
    'fileTooLarge',
    `the file has ${found}, and may have ${IMAGE_BYTES_LIMIT} bytes (2 MiB)`,
  );
}
