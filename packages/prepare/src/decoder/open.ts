import type { Metadata } from 'sharp';
import type { SourceFormat } from '../formats.js';
import { bmpToTiff } from './bmp/index.js';
import { checkPixels, damaged } from './damage.js';
import { allowOnly, checkWhole, readHeader, type VipsFile } from './libvips.js';
import { stripMetadata } from './strip-metadata.js';

/** An image that was checked and is complete. */
export interface OpenedImage extends VipsFile {
  readonly header: Metadata;
  /** Frames or pages. */
  readonly frames: number;
  /** The kinds of metadata in the source, if our own reader found them. */
  readonly metadata: readonly string[];
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
  await checkWhole(file, header);
  const { frames = header.pages ?? 1, metadata = [] } = read;
  return { ...file, header, frames, metadata };
}

type Reader = (source: Buffer, maxPixels: number) => Promise<Readable>;

/** The bytes for libvips, and what the reader found. */
interface Readable {
  readonly bytes: Buffer;
  readonly frames?: number;
  readonly metadata?: readonly string[];
}

const asItIs: Reader = async (bytes) => ({ bytes });

/** Removes texts, which may inflate to gigabytes and which a decoder reads first. EXIF stays, for the orientation. */
function withoutText(format: 'jpg' | 'png', source: Buffer): Buffer {
  return stripMetadata(format, source, 'keep')?.bytes ?? source;
}

const READERS: Readonly<Record<SourceFormat, Reader>> = {
  jpg: async (source) => {
    const bytes = withoutText('jpg', source);
    checkScans(bytes);
    return { bytes };
  },
  png: async (source) => ({ bytes: withoutText('png', source) }),
  webp: asItIs,
  gif: asItIs,
  avif: asItIs,
  tiff: asItIs,
  bmp: async (source, maxPixels) => ({ bytes: bmpToTiff(source, maxPixels) }),
  heic: async (source, maxPixels) => {
    // Loaded only if needed: it is two megabytes of WebAssembly.
    const { heicToTiff } = await import('./heic/index.js');
    return heicToTiff(source, maxPixels);
  },
};

/**
 * Refuses a JPG with too many scans. A scan of a hundred bytes makes a decoder visit a million blocks: 900 of them, in a file
 * of 200 KB, take more than a minute.
 *
 * It counts all places that look like the start of a scan, so that a broken segment cannot hide one. In the colour profile, at
 * most a dozen occur by chance.
 *
 * @throws PrepareError `DAMAGED`
 */
function checkScans(jpg: Buffer): void {
  let scans = 0;
  for (let at = jpg.indexOf(START_OF_SCAN); at >= 0; at = jpg.indexOf(START_OF_SCAN, at + 2)) scans++;
  if (scans > MOST_SCANS) throw damaged('jpg', `it has ${scans} scans`);
}

const START_OF_SCAN = Buffer.from([0xff, 0xda]);

/** The limit. Programs write about ten scans. */
const MOST_SCANS = 100;
