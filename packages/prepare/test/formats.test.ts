import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { detectFormat, prepareImage, type SourceFormat } from '../dist/index.js';
import { bmp, gif } from './files.js';
import { BLUE, CLEAR, CORNERS, distance, GREEN, quarters, RED, see, YELLOW } from './images.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

/** Rows from the bottom up, blue first, padded to four bytes. */
function bmp24(width: number, height: number): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = CORNERS[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? CLEAR;
      pixels.set([blue, green, red], (height - 1 - y) * stride + 3 * x);
    }
  }
  return bmp({ width, height, bits: 24 }, Buffer.alloc(0), pixels);
}

const image = quarters(96, 64);

/** The output kind of each format: lossless sources stay lossless. */
const CASES: readonly [SourceFormat, () => Promise<Buffer>, 'jpg' | 'png'][] = [
  ['jpg', () => image.clone().jpeg({ quality: 95 }).toBuffer(), 'jpg'],
  ['png', () => image.clone().png().toBuffer(), 'png'],
  ['bmp', async () => bmp24(96, 64), 'png'],
  ['webp', () => image.clone().webp({ quality: 95 }).toBuffer(), 'jpg'],
  ['webp', () => image.clone().webp({ lossless: true }).toBuffer(), 'png'],
  ['avif', () => image.clone().avif({ quality: 80 }).toBuffer(), 'jpg'],
  ['gif', () => image.clone().gif().toBuffer(), 'png'],
  ['tiff', () => image.clone().tiff({ compression: 'lzw' }).toBuffer(), 'png'],
  ['heic', async () => fixture('plain.heic'), 'jpg'],
];

describe('every format', () => {
  test.each(CASES)('%s is read and shows what it showed', async (format, make, kind) => {
    const source = await make();
    expect(detectFormat(source)).toBe(format);
    const made = await prepareImage(source);
    expect(made).toMatchObject({
      kind,
      width: 96,
      height: 64,
      source: { format, frames: 1, transparent: false },
    });
    const seen = await see(made.bytes);
    expect(distance(seen.at(8, 8), RED)).toBeLessThanOrEqual(12);
    expect(distance(seen.at(88, 8), GREEN)).toBeLessThanOrEqual(12);
    expect(distance(seen.at(8, 56), BLUE)).toBeLessThanOrEqual(12);
    expect(distance(seen.at(88, 56), YELLOW)).toBeLessThanOrEqual(12);
  });

  const transparent = quarters(96, 64, [RED, GREEN, BLUE, CLEAR]);
  test.each([
    ['png', () => transparent.clone().png().toBuffer()],
    ['webp', () => transparent.clone().webp().toBuffer()],
    ['avif', () => transparent.clone().avif().toBuffer()],
    ['gif', () => transparent.clone().gif().toBuffer()],
    ['tiff', () => transparent.clone().tiff({ compression: 'deflate' }).toBuffer()],
    ['heic', async () => fixture('transparent.heic')],
  ] as const)('%s keeps its transparency, as PNG', async (format, make) => {
    const made = await prepareImage(await make());
    expect(made).toMatchObject({ kind: 'png', source: { format, transparent: true } });
    const seen = await see(made.bytes);
    expect(seen.at(88, 56)[3]).toBe(0);
    expect(distance(seen.at(8, 8), RED)).toBeLessThanOrEqual(12);
  });

  test('an alpha channel that is opaque everywhere is none: a lossy image becomes JPG', async () => {
    const source = await sharp(await quarters(96, 64).png().toBuffer())
      .ensureAlpha()
      .avif({ quality: 90 })
      .toBuffer();
    expect((await sharp(source).metadata()).hasAlpha).toBe(true);
    const made = await prepareImage(source);
    expect(made).toMatchObject({ kind: 'jpg', source: { transparent: false } });
  });

  test('of an animated GIF the first frame is kept, and that is said', async () => {
    const made = await prepareImage(gif(1, 1, 7));
    expect(made.source.frames).toBe(7);
    expect(made.changes[0]).toEqual({ code: 'FRAMES_DROPPED', values: { frames: 7 } });
    expect((await see(made.bytes)).height).toBe(1);
  });

  test('the name of a file does not count', async () => {
    const made = await prepareImage(await image.clone().webp().toBuffer(), { name: 'image.png' });
    expect(made).toMatchObject({ kind: 'jpg', filename: 'image.jpg' });
  });
});
