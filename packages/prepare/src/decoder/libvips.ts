import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Size } from '../facts.js';
import type { SourceFormat } from '../formats.js';
import { damaged } from './damage.js';

/** A file in memory for libvips: the source itself, or a TIFF that our own reader made of it. */
export interface VipsFile {
  readonly bytes: Buffer;
  /** The format of the source, for messages. */
  readonly format: SourceFormat;
  readonly maxPixels: number;
}

// Every image is different, so a cache would only use memory.
sharp.cache(false);
// All loaders are blocked until one is needed.
sharp.block({ operation: ['VipsForeignLoad'] });

/** The loader of libvips that is allowed for each format. BMP and HEIC arrive as TIFF. */
const LOADERS: Readonly<Record<SourceFormat, string>> = {
  jpg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
  tiff: 'VipsForeignLoadTiffBuffer',
  bmp: 'VipsForeignLoadTiffBuffer',
  heic: 'VipsForeignLoadTiffBuffer',
};

/** Allows libvips to read this format only, until the next call. */
export function allowOnly(format: SourceFormat): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: [LOADERS[format]] });
}

/** Opens a file whose size and completeness were checked. It is decoded only when a result is requested. */
export function openFile(file: VipsFile): Sharp {
  return openWith(file, 'error');
}

/** Reads the header of a file. No pixel is decoded, so their number does not matter yet. */
export function readHeader(file: VipsFile): Promise<Metadata> {
  return vips(file, sharp(file.bytes, { ...SAFELY, limitInputPixels: false }).metadata());
}

/**
 * Decodes a file once to its end, in little memory, and refuses a truncated or damaged file rather than fill it with grey. It
 * requests the last pixel, which comes after all others. Statistics would work, too, but miss a truncated interlaced PNG.
 *
 * @throws PrepareError `DAMAGED`
 */
export async function checkWhole(file: VipsFile, { width, height }: Size): Promise<void> {
  const last = { left: width - 1, top: height - 1, width: 1, height: 1 };
  const strictly = openWith(file, STRICTNESS.get(file.format) ?? 'error');
  try {
    await strictly.extract(last).raw().toBuffer();
  } catch (cause) {
    // For slight damage, with which every program shows the image, the file is decoded again with less strict checks.
    if (!isSlight(cause)) throw refusal(file, cause);
    await vips(file, openFile(file).extract(last).raw().toBuffer());
  }
}

/** libjpeg reports half of an image missing as a warning; libtiff reports an unknown tag as one. */
const STRICTNESS: ReadonlyMap<SourceFormat, 'warning'> = new Map([['jpg', 'warning']]);

function openWith({ bytes, maxPixels }: VipsFile, failOn: 'warning' | 'error'): Sharp {
  return sharp(bytes, { ...SAFELY, limitInputPixels: maxPixels, failOn });
}

const SAFELY = {
  limitInputChannels: 5, // CMYK and alpha
  unlimited: false,
  sequentialRead: true,
  pages: 1,
} as const;

function isSlight(cause: unknown): boolean {
  const lines = messageOf(cause).split('\n').filter(Boolean);
  return lines.every((line) => /extraneous bytes|Invalid SOS parameters|Adobe color transform/i.test(line));
}

/** Opens decoded pixels. */
export function openPixels(
  data: Buffer,
  raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 },
): Sharp {
  return sharp(data, { raw, limitInputPixels: false });
}

/**
 * Waits for libvips and converts its errors.
 *
 * @throws PrepareError `DAMAGED`
 */
export async function vips<T>(file: VipsFile, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw refusal(file, cause);
  }
}

/** libvips reports one error in many lines; the first two are specific. */
function refusal({ format }: VipsFile, cause: unknown): Error {
  const lines = messageOf(cause).split('\n').slice(0, 2);
  return damaged(format, lines.join(' ').trim().slice(0, 200), cause);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
