import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ReadableStream } from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import {
  fileErrorText,
  filled,
  IMAGE_BYTES_LIMIT,
  pathFault,
  redacted,
  type TextValues,
  withoutPath,
} from '@coupon-media/apiv3';
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
  throw new OptionError('source', NO_SOURCE);
}

function pathOf(source: string | URL): string {
  if (typeof source === 'string') return source;
  if (source.protocol === 'file:') return fileURLToPath(source);
  throw new OptionError('source', filled(NO_FILE_URL, { protocol: source.protocol }));
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
    if (stats.isDirectory()) throw sourceError('folder', { path: redacted(path) });
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
      throw sourceError('noPath', { fault }, withoutPath(error));
    }
    throw sourceError('unopened', { path: redacted(path), reason: fileErrorText(error) }, error);
  }
}

/**
 * Reads into one buffer of the file's size and one byte more. A file that changes meanwhile would be inconsistent, so it is
 * refused.
 */
async function readWhole(handle: FileHandle, before: Stats, path: string): Promise<Buffer> {
  if (before.size > IMAGE_BYTES_LIMIT) throw tooLarge(before.size);
  const buffer = Buffer.allocUnsafe(before.size + 1);
  const length = await readInto(buffer, handle, path);
  const after = await handle.stat();
  if (length !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
    throw sourceError('changed', { path: redacted(path) });
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
    throw sourceError('unread', { path: redacted(path), reason: fileErrorText(cause) }, cause);
  }
}

async function readBlob(blob: Blob): Promise<SourceImage> {
  if (blob.size > IMAGE_BYTES_LIMIT) throw tooLarge(blob.size);
  const name = 'name' in blob && typeof blob.name === 'string' ? blob.name : undefined;
  try {
    return { bytes: Buffer.from(await blob.arrayBuffer()), name };
  } catch (cause) {
    throw sourceError('unread', { path: 'Blob', reason: fileErrorText(cause) }, cause);
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
        throw sourceError('noBytes', { type: typeof value });
      }
      length += value.length;
      if (length > IMAGE_BYTES_LIMIT) throw tooLarge();
      chunks.push(value);
    }
  } catch (cause) {
    // A source that hangs may also hang in return(), so its end is not awaited.
    iterator.return?.()?.catch(() => {});
    if (cause instanceof ClientError) throw cause;
    throw sourceError('streamFailed', { reason: fileErrorText(cause) }, cause);
  }
}

function bounded(bytes: Buffer): Buffer {
  if (bytes.length > IMAGE_BYTES_LIMIT) throw tooLarge(bytes.length);
  return bytes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @param bytes undefined: more than the limit, and not read on */
function tooLarge(bytes?: number): ImageError {
  const texts = filled(bytes === undefined ? LONGER : TOO_LONG, {
    bytes: bytes ?? 0,
    limit: IMAGE_BYTES_LIMIT,
  });
  return new ImageError('fileTooLarge', texts);
}

function sourceError(fault: keyof typeof FAULTS, values: TextValues, cause?: unknown): SourceError {
  return new SourceError(filled(FAULTS[fault], values), { cause });
}

const NO_SOURCE = {
  'zh-CN': '应为路径、file: URL、字节、Blob 或字节流',
  en: 'must be a path, a file: URL, bytes, a Blob or a stream of bytes',
};
const NO_FILE_URL = {
  'zh-CN': '应为 file: URL，当前是 {protocol}；请先下载，再传入字节',
  en: 'must be a file: URL, not {protocol}; fetch it first and pass the bytes',
};
const TOO_LONG = {
  'zh-CN': '文件有 {bytes} 字节，超过上限 {limit} 字节（2 MiB）',
  en: 'the file has {bytes} bytes, and may have {limit} bytes (2 MiB)',
};
const LONGER = {
  'zh-CN': '文件超过上限 {limit} 字节（2 MiB）',
  en: 'the file has more, and may have {limit} bytes (2 MiB)',
};

/** The reasons why an image could not be read. */
const FAULTS = {
  folder: { 'zh-CN': '{path} 是目录，不是图片', en: '{path} is a folder, not an image' },
  noPath: { 'zh-CN': '这是{fault}；请传入路径或字节', en: 'this is {fault}; give a path, or pass the bytes' },
  unopened: { 'zh-CN': '无法打开 {path}：{reason}', en: 'cannot open {path}: {reason}' },
  unread: { 'zh-CN': '无法读取 {path}：{reason}', en: 'cannot read {path}: {reason}' },
  changed: {
    'zh-CN': '{path} 在读取过程中被改动；请在写完后重新上传',
    en: '{path} changed while it was read; upload it again when it is whole',
  },
  noBytes: {
    'zh-CN': '流返回的是 {type}，不是字节：请不要设置编码',
    en: 'the stream yields {type}, not bytes: set no encoding on it',
  },
  streamFailed: { 'zh-CN': '读取流失败：{reason}', en: 'the stream failed: {reason}' },
} as const;
