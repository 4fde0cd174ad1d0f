import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Size } from '../facts.js';
import type { SourceFormat } from '../formats.js';
import { damaged, damageNamed } from './damage.js';
import type { RawPixels } from './raw.js';

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
 * @param complete whether the file has an end
 * @throws PrepareError `DAMAGED`
 */
export async function checkWhole(file: VipsFile, { width, height }: Size, complete: boolean): Promise<void> {
  const last = { left: width - 1, top: height - 1, width: 1, height: 1 };
  const strictly = openWith(file, STRICTNESS.get(file.format) ?? 'error');
  try {
    await strictly.extract(last).raw().toBuffer();
  } catch (cause) {
    // For slight damage, with which every program shows the image, the file is decoded again with less strict checks.
    if (!complete || !isSlight(cause)) throw refusal(file, cause);
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
  return lines.every((line) => SLIGHT.test(line));
}

/**
 * Decodes a whole image to the numbers that it stores, without its profile and without turning it.
 *
 * @param bits of a component: 8, or more for an image whose format has more
 * @throws PrepareError `DAMAGED`
 */
export async function readRaw(file: VipsFile, bits: number): Promise<RawPixels> {
  const deep = bits > 8;
  const image = sharp(file.bytes, {
    ...SAFELY,
    limitInputPixels: file.maxPixels,
    failOn: 'error',
    ignoreIcc: true,
  });
  if (deep) image.toColourspace('rgb16');
  const output = image.raw({ depth: deep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
  const { data, info } = await vips(file, output);
  const { width, height, channels } = info;
  const numbers = deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  return {
    data: numbers,
    width,
    height,
    channels: channels as RawPixels['channels'],
    most: deep ? 0xffff : 0xff,
  };
}

/** Of the warnings of libjpeg, those after which it still has the whole image; repairJpeg removes the causes of the others. */
const SLIGHT = /extraneous bytes|Inconsistent progression sequence|bad ICC marker/i;

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

/** libvips reports warnings and errors in many lines, mostly repeated. A slight warning says nothing about the error. */
function refusal({ format }: VipsFile, cause: unknown): Error {
  const lines = new Set(messageOf(cause).split('\n'));
  const words = [...lines].filter((line) => line.trim() !== '' && !SLIGHT.test(line)).join('\n');
  return damaged(format, damageNamed(words), {}, words);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
