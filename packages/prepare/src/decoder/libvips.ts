import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Size } from '../facts.js';
import type { SourceFormat } from '../formats.js';
import { damaged } from './damage.js';

/** A file in memory that libvips reads: the source itself, or a TIFF that a reader of our own made of it. */
export interface VipsFile {
  readonly bytes: Buffer;
  /** Of the source, for messages. */
  readonly format: SourceFormat;
  readonly maxPixels: number;
}

// Every image is another, so a cache would only hold memory.
sharp.cache(false);
// Nothing is read by any loader until one is asked for.
sharp.block({ operation: ['VipsForeignLoad'] });

/** Loaders of libvips, by the format that each is let in for. BMP and HEIC arrive as TIFF. */
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

/** Lets libvips read this one format, and nothing else, until the next call. */
export function allowOnly(format: SourceFormat): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: [LOADERS[format]] });
}

/** Opens a file whose pixels were counted and found whole. Nothing is decoded before a result is asked for. */
export function openFile(file: VipsFile): Sharp {
  return openWith(file, 'error');
}

/** Reads what a file says of itself. No pixel is decoded, so their number is no danger yet. */
export function readHeader(file: VipsFile): Promise<Metadata> {
  return vips(file, sharp(file.bytes, { ...SAFELY, limitInputPixels: false }).metadata());
}

/**
 * Decodes a file once to its end, in little memory, and refuses what is cut short or broken rather than fill it up with grey.
 * The last pixel is had after all the others; statistics would do as well, but miss what is cut off an interlaced PNG.
 *
 * @throws PrepareError `DAMAGED`
 */
export async function checkWhole(file: VipsFile, { width, height }: Size): Promise<void> {
  const last = { left: width - 1, top: height - 1, width: 1, height: 1 };
  const strictly = openWith(file, STRICTNESS.get(file.format) ?? 'error');
  try {
    await strictly.extract(last).raw().toBuffer();
  } catch (cause) {
    // What is so slight that every program shows the image is decoded once more, and judged less strictly.
    if (!isSlight(cause)) throw refusal(file, cause);
    await vips(file, openFile(file).extract(last).raw().toBuffer());
  }
}

/** libjpeg calls it a warning when half of an image is missing, and libtiff when a tag is unknown to it. */
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

/** Opens pixels that were decoded before. */
export function openPixels(
  data: Buffer,
  raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 },
): Sharp {
  return sharp(data, { raw, limitInputPixels: false });
}

/**
 * Waits for libvips, and says in our words what it refuses.
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

/** libvips tells one trouble in many lines; the first two say what it is. */
function refusal({ format }: VipsFile, cause: unknown): Error {
  const lines = messageOf(cause).split('\n').slice(0, 2);
  return damaged(format, lines.join(' ').trim().slice(0, 200), cause);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
