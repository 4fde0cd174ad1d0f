import type { Metadata } from 'sharp';
import type { SourceFormat } from '../formats.js';
import { bmpToTiff } from './bmp/index.js';
import { checkPixels, damaged } from './damage.js';
import { allowOnly, checkWhole, readHeader, type VipsFile } from './libvips.js';
import { stripMetadata } from './strip-metadata.js';

/** An image that was found harmless and whole. */
export interface OpenedImage extends VipsFile {
  readonly header: Metadata;
  /** Frames or pages. */
  readonly frames: number;
  /** What the source carries besides the image, where a reader of our own has seen it. */
  readonly metadata: readonly string[];
}

/**
 * Opens an image of a format that was detected, by the one reader for it, and decodes it to its end.
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

/** What libvips reads, and what was found on the way there. */
interface Readable {
  readonly bytes: Buffer;
  readonly frames?: number;
  readonly metadata?: readonly string[];
}

const asItIs: Reader = async (bytes) => ({ bytes });

/** Texts may inflate to gigabytes, and a decoder reads them first; only EXIF is wanted, for the orientation. */
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
    // Two megabytes of WebAssembly, for the few images that need them.
    const { heicToTiff } = await import('./heic/index.js');
    return heicToTiff(source, maxPixels);
  },
};

/**
 * Refuses a JPG that describes its pixels in too many passes. A scan of a hundred bytes has a decoder visit a million blocks:
 * 900 of them, in a file of 200 KB, take a minute and more.
 *
 * Counted are all places that look like the start of a scan, so that nothing hides behind a broken segment; in what is left
 * beside the image, a colour profile, chance makes a dozen of them at most.
 *
 * @throws PrepareError `DAMAGED`
 */
function checkScans(jpg: Buffer): void {
  let scans = 0;
  for (let at = jpg.indexOf(START_OF_SCAN); at >= 0; at = jpg.indexOf(START_OF_SCAN, at + 2)) scans++;
  if (scans > MOST_SCANS) throw damaged('jpg', `it has ${scans} scans`);
}

const START_OF_SCAN = Buffer.from([0xff, 0xda]);

/** Programs write ten or so. */
const MOST_SCANS = 100;
