import { toSrgb } from '../colour/to-srgb.js';
import { checkPixels } from '../damage.js';
import type { Readable } from '../readable.js';
import { draftTiff } from '../tiff.js';
import { readBmpHeader } from './header.js';
import { type Canvas, readRows } from './rows.js';
import { readRuns } from './runs.js';

/**
 * Converts a BMP to a TIFF. Neither sharp's libvips nor any maintained library reads all kinds of BMP.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`, `FORMAT_UNSUPPORTED`
 */
export function readBmp(bytes: Buffer, maxPixels: number): Readable {
  const header = readBmpHeader(bytes);
  const { width, height, masks, bitsPerPixel, packing, profile, colours } = header;
  checkPixels('bmp', width, height, maxPixels);
  const channels = bitsPerPixel > 8 && masks.alpha !== 0 ? 4 : 3;
  const { file, pixels } = draftTiff({ width, height, channels, profile });
  if (packing === 'rows') readRows(bytes, header, { channels, pixels });
  else readRuns(bytes, header, { channels, pixels });
  if (channels === 4) fixUnusedAlpha({ channels, pixels });
  if (colours) toSrgb({ data: pixels, width, height, channels, most: 0xff }, colours, pixels);
  return { bytes: file, colour: colours?.name };
}

/**
 * Makes an image opaque if the alpha of all its pixels is 0: many programs write 32-bit pixels this way and do not mean
 * transparency.
 */
function fixUnusedAlpha({ pixels }: Canvas): void {
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 0) return;
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
}
