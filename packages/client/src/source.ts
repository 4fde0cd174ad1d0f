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
  type Text,
  type TextValues,
  withoutPath,
} from '@coupon-media/apiv3';
import { abortable, checkAborted } from './abort.js';
import { bytesOf } from './bytes.js';
import { ClientError, ImageError, OptionError, SourceError } from './errors.js';
import { pipeBytes } from './pipe.js';

/**
 * The source of an image: a path or a `file:` URL; bytes, which must not change until the upload has ended; a Blob or File; a response
 * of fetch; a Node or web stream, or any iterable of bytes.
 */
export type ImageSource =
  | string
  | URL
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  | Response
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
  if (typeof source === 'string') return readPath(pathIn(source), signal);
  // By what they are and not by their classes: those of another realm (vm, Jest) and of polyfills have others.
  const bytes = bytesOf(source);
  if (bytes) return { bytes: bounded(bytes), name: undefined };
  if (isA('URL', source)) return readPath(pathOf(source as URL), signal);
  if (isA('Blob', source) || isA('File', source)) return readBlob(source as Blob);
  if (isA('Response', source)) return readResponse(source as Response, signal);
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) {
    return { bytes: await collect(source as AsyncIterable<unknown>, signal), name: undefined };
  }
  throw new OptionError('source', filled(NO_SOURCE, { hint: hintOn(source) }));
}

function isA(kind: string, value: unknown): boolean {
  return Object.prototype.toString.call(value) === `[object ${kind}]`;
}

/** A text may be a `file:` URL; any other URL is not fetched here. */
function pathIn(text: string): string {
  if (/^file:/i.test(text) && URL.canParse(text)) return pathOf(new URL(text));
  const [, protocol] = /^(https?:)\/\//i.exec(text) ?? [];
  if (protocol === undefined) return text;
  throw new OptionError('source', filled(NO_FILE_URL, { protocol: protocol.toLowerCase() }));
}

function pathOf(source: URL): string {
  if (source.protocol !== 'file:') {
    throw new OptionError('source', filled(NO_FILE_URL, { protocol: source.protocol }));
  }
  try {
    return fileURLToPath(source.href);
  } catch (cause) {
    throw new OptionError('source', NO_LOCAL_FILE, cause);
  }
}

/** What people pass in place of bytes, and what of it to pass. */
function hintOn(source: unknown): Text {
  const { then, buffer, data, type } = (source ?? {}) as Readonly<Record<string, unknown>>;
  const [, hint] =
    (
      [
        [typeof then === 'function', HINTS.promise],
        [bytesOf(buffer) !== undefined, HINTS.upload],
        [type === 'Buffer' && Array.isArray(data), HINTS.parsedBuffer],
        [Array.isArray(source), HINTS.array],
        [isA('FormData', source), HINTS.formData],
      ] as const
    ).find(([fits]) => fits) ?? [];
  return hint ?? NO_HINT;
}

const NO_HINT: Text = { 'zh-CN': '', en: '' };
const HINTS = {
  promise: { 'zh-CN': '；这是 Promise，请先 await', en: '; this is a promise, await it first' },
  upload: {
    'zh-CN': '；请传入 file.buffer，并用 filename 传入文件名',
    en: '; pass file.buffer, and its name as filename',
  },
  parsedBuffer: {
    'zh-CN': '；这是经 JSON 传递的 Buffer，请用 Buffer.from(source.data)',
    en: '; this is a Buffer that went through JSON, pass Buffer.from(source.data)',
  },
  array: { 'zh-CN': '；数组请用 Uint8Array.from(source)', en: '; of an array, pass Uint8Array.from(source)' },
  formData: {
    'zh-CN': "；请传入其中的文件：form.get('file')",
    en: "; pass the file in it: form.get('file')",
  },
} as const satisfies Record<string, Text>;

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

/** The body of a response of fetch. A refusal's page is no image. */
async function readResponse(response: Response, signal: AbortSignal | undefined): Promise<SourceImage> {
  if (!response.ok) throw sourceError('notOk', { status: response.status });
  if (response.bodyUsed || !response.body) throw sourceError('bodyUsed', {});
  return { bytes: await collect(response.body, signal), name: undefined };
}

async function collect(source: AsyncIterable<unknown>, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await abortable(iterator.next(), signal);
      if (done) return Buffer.concat(chunks, length);
      const bytes = bytesOf(value);
      if (!bytes) throw sourceError('noBytes', { type: typeof value });
      length += bytes.length;
      if (length > IMAGE_BYTES_LIMIT) throw tooLarge();
      chunks.push(bytes);
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
  'zh-CN': '应为路径、file: URL、字节、Blob、Response 或字节流{hint}',
  en: 'must be a path, a file: URL, bytes, a Blob, a Response or a stream of bytes{hint}',
};
const NO_FILE_URL = {
  'zh-CN': '应为 file: URL，当前是 {protocol}；请先下载，再传入字节',
  en: 'must be a file: URL, not {protocol}; fetch it first and pass the bytes',
};
const NO_LOCAL_FILE = {
  'zh-CN': '这个 file: URL 不是本机文件的路径',
  en: 'this file: URL is not the path of a file of this machine',
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
  notOk: {
    'zh-CN': '下载图片的应答是 {status}，不是图片',
    en: 'the response with the image has the status {status}',
  },
  bodyUsed: {
    'zh-CN': 'Response 的内容为空或已被读取；请传入未读取过的 Response，或其字节',
    en: 'the Response is empty, or its body was read before; pass one that was not read, or its bytes',
  },
  noBytes: {
    'zh-CN': '流返回的是 {type}，不是字节：请不要设置编码',
    en: 'the stream yields {type}, not bytes: set no encoding on it',
  },
  streamFailed: { 'zh-CN': '读取流失败：{reason}', en: 'the stream failed: {reason}' },
} as const;
