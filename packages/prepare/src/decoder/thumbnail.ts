import type { ThumbnailBounds } from '../options.js';
import { openFile, openPixels, vips } from './libvips.js';
import type { OpenedImage } from './open.js';

/** Draws an image within a square, and encodes it as WebP in the best quality that fits into the bytes. */
export async function drawThumbnail(
  image: OpenedImage,
  { side, maxBytes }: ThumbnailBounds,
): Promise<Uint8Array> {
  const drawn = openFile(image)
    .autoOrient()
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' });
  const { data, info } = await vips(image, drawn.toBuffer({ resolveWithObject: true }));
  const { width, height } = info;
  for (let shrunk = 1; ; shrunk /= 2) {
    for (const quality of QUALITIES) {
      const pixels = openPixels(data, { width, height, channels: 4 });
      if (shrunk < 1) pixels.resize({ width: Math.ceil(width * shrunk), height: Math.ceil(height * shrunk) });
      const bytes = await pixels.webp({ quality }).toBuffer();
      // One pixel is the end: no header of WebP is as long as the least that a caller may ask for.
      if (bytes.length <= maxBytes || (width * shrunk <= 1 && height * shrunk <= 1)) return bytes;
    }
  }
}

/** Nearly every picture of 256 pixels takes fewer than 20 KiB in the first; noise does in the last. */
const QUALITIES = [80, 60, 40, 20] as const;
