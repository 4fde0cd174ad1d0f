import type { Metadata } from 'sharp';
import type { SourceFormat } from '../formats.js';
import { readAvif } from './avif.js';
import { readBmp } from './bmp/index.js';
import { checkPixels } from './damage.js';
import { readGif } from './gif.js';
import { readJpeg } from './jpeg/index.js';
import { allowOnly, checkWhole, readHeader, type VipsFile } from './libvips.js';
import { readPng } from './png.js';
import type { Readable } from './readable.js';
import { readTiff } from './tiff-kinds.js';

/** An image that was checked and is complete. */
export interface OpenedImage extends VipsFile {
  readonly header: Metadata;
  /** What our own reader found. */
  readonly read: Omit<Readable, 'bytes'>;
}

/**
 * Opens an image of a detected format with the reader for it, and decodes it to its end.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`, `FORMAT_UNSUPPORTED`
 */
export async function openImage(
  format: SourceFormat,
  source: Buffer,
  maxPixels: number,
): Promise<OpenedImage> {
  allowOnly(format);
  const read = await READERS[format](source, maxPixels);
  const file = { bytes: read.bytes, format, maxPixels };
  const header = await readHeader(file);
  checkPixels(format, header.width, header.height, maxPixels);
  await checkWhole(file, header, read.complete ?? true);
  return { ...file, header, read };
}

type Reader = (source: Buffer, maxPixels: number) => Readable | Promise<Readable>;

const READERS: Readonly<Record<SourceFormat, Reader>> = {
  jpg: readJpeg,
  png: readPng,
  webp: (bytes) => ({ bytes }),
  gif: readGif,
  avif: readAvif,
  tiff: readTiff,
  bmp: readBmp,
  heic: async (source, maxPixels) => {
    // Loaded only if needed: it is two megabytes of WebAssembly.
    const { heicToTiff } = await import('./heic/index.js');
    return heicToTiff(source, maxPixels);
  },
};
