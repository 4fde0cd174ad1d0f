import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fsPath } from './raw-path.js';

/** Kinds of files by their bytes that can be sent as they are (contract 1.3), or after preparation. */
const SENT: ReadonlySet<string> = new Set(['jpg', 'png', 'bmp']);

/** Suffixes of images. Other files are looked into. */
const SUFFIXES: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif jif png bmp dib webp avif gif tif tiff heic heif hif'
    .split(' ')
    .map((name) => `.${name}`),
);

/**
 * Tells whether a file of a folder is an image: by its suffix, so that a damaged image is reported; else by its bytes.
 * Raw files of cameras are TIFF by their bytes, so TIFF counts by its suffix alone.
 */
export async function isImage(file: string): Promise<boolean> {
  if (SUFFIXES.has(path.extname(file).toLowerCase())) return true;
  const format = await formatOf(file);
  return format !== undefined && format !== 'tiff';
}

/** @returns the format that preparation would turn into one that can be sent; undefined for other files */
export async function preparableFormat(file: string): Promise<string | undefined> {
  const format = await formatOf(file);
  return format === undefined || SENT.has(format) ? undefined : format;
}

/** @returns the format by the first bytes; undefined if it is no known image, or cannot be read */
async function formatOf(file: string): Promise<string | undefined> {
  const { detectFormat } = await import('@coupon-media/prepare');
  try {
    return detectFormat(await headOf(file));
  } catch {
    return undefined;
  }
}

async function headOf(file: string): Promise<Buffer> {
  // The file may be a pipe, which must not block. Windows has no such flag.
  const handle = await open(fsPath(file), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await handle.stat()).isFile()) return Buffer.alloc(0);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Bytes in which every format shows itself. */
const HEAD = 4096;
