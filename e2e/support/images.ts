import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The formats in which images are generated. HEIC has fixtures, since nothing here writes it. */
export const FORMATS = ['jpg', 'png', 'bmp', 'webp', 'avif', 'gif', 'tif', 'heic'] as const;

export type Format = (typeof FORMATS)[number];

/** The encoder of the prepare package, as far as it is used here. */
type Encoder = (pixels: Buffer, options: object) => Encoding;

interface Encoding {
  toFormat(format: string, options: object): { toBuffer(): Promise<Buffer> };
}

const encoder: Encoder = createRequire(path.resolve('packages/prepare/package.json'))('sharp');

/** Generates an image that is unique to its number. */
export async function makeImage(format: Format, number: number, side = 96): Promise<Buffer> {
  if (format === 'heic') return heic(number);
  const pixels = Buffer.alloc(side * side * 3);
  // The number is at the top, in blocks that survive compression; the rest is a gradient.
  for (let at = 0; at < pixels.length; at += 1) {
    const [x, y] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
    const bit = Math.floor(x / 8) + 12 * Math.floor(y / 8);
    pixels[at] = bit < 12 ? ((number >> bit) & 1) * 255 : (x * 2 + (at % 3) * y) & 0xff;
  }
  if (format === 'bmp') return bmp(pixels, side);
  const image = encoder(pixels, { raw: { width: side, height: side, channels: 3 } });
  const written = { jpg: 'jpeg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif', tif: 'tiff' } as const;
  return image.toFormat(written[format], format === 'avif' ? { effort: 0 } : {}).toBuffer();
}

/** Fills a folder with images, in each format in turn. */
export async function makeFolder(folder: string, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const format = FORMATS[number % FORMATS.length] ?? 'png';
    writeFileSync(
      path.join(folder, `${String(number).padStart(4, '0')}.${format}`),
      await makeImage(format, number),
    );
  }
}

const HEIC = ['plain', 'display-p3', 'transparent'] as const;

function heic(number: number): Buffer {
  return readFileSync(`packages/prepare/test/fixtures/${HEIC[number % HEIC.length]}.heic`);
}

/** A 24-bit Windows bitmap, bottom row first; `side` must be a multiple of four. */
function bmp(pixels: Buffer, side: number): Buffer {
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(54 + pixels.length, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(side, 18);
  head.writeInt32LE(side, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  return Buffer.concat([head, pixels]);
}
