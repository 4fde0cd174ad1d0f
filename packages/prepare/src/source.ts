import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fileErrorText, pathFault, redacted, withoutPath } from '@coupon-media/apiv3';
import { PrepareError } from './errors.js';

/** A path, a `file:` URL, or bytes, which must not change until the promise is settled. */
export type PrepareSource = string | URL | Uint8Array;

/**
 * Reads a whole source, never more than `limit` and one byte, whatever size the file system reports.
 *
 * @param limit bytes
 * @throws PrepareError `SOURCE_UNREADABLE`, `SOURCE_TOO_LARGE`
 */
export async function readSource(source: PrepareSource, limit: number): Promise<Buffer> {
  if (source instanceof Uint8Array) {
    if (source.length > limit) throw tooLarge(source.length, limit);
    return Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  }
  const path = pathOf(source);
  const handle = await open(path, WITHOUT_WAITING).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    return await readFile(handle, path, limit);
  } catch (cause) {
    throw cause instanceof PrepareError ? cause : unreadable(path, cause);
  } finally {
    await handle.close();
  }
}

/** Opening a named pipe must not block until there is a writer. Windows has no such flag. */
const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** @returns the path of a source, if it has one */
export function nameOf(source: PrepareSource): string | undefined {
  return source instanceof Uint8Array ? undefined : pathOf(source);
}

function pathOf(source: string | URL): string {
  if (typeof source === 'string') return source;
  if (source instanceof URL && source.protocol === 'file:') return fileURLToPath(source);
  const expected = { 'zh-CN': '路径、file: URL 或字节', en: 'a path, a file: URL, or bytes' };
  throw new PrepareError('OPTION_INVALID', { option: 'source', found: redacted(String(source)), expected });
}

async function readFile(handle: FileHandle, path: string, limit: number): Promise<Buffer> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new PrepareError('SOURCE_UNREADABLE', { path, reason: NOT_A_FILE });
  if (stats.size > limit) throw tooLarge(stats.size, limit);
  const buffer = Buffer.allocUnsafe(stats.size + 1);
  let length = 0;
  for (let read = 1; read > 0 && length < buffer.length; length += read) {
    ({ bytesRead: read } = await handle.read(buffer, length, buffer.length - length, length));
  }
  if (length === stats.size) return buffer.subarray(0, length);
  throw new PrepareError('SOURCE_UNREADABLE', { path, reason: CHANGED });
}

const NOT_A_FILE = { 'zh-CN': '不是文件', en: 'not a file' };
const CHANGED = { 'zh-CN': '读取过程中被改动', en: 'it changed while it was read' };

function tooLarge(bytes: number, limit: number): PrepareError {
  return new PrepareError('SOURCE_TOO_LARGE', { bytes, limit });
}

function unreadable(path: string, cause: unknown): PrepareError {
  const values = { path: pathFault(path) ?? path, reason: fileErrorText(cause) };
  return new PrepareError('SOURCE_UNREADABLE', values, pathFault(path) ? withoutPath(cause) : cause);
}
