import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  detectFormat,
  PrepareError,
  type PrepareErrorCode,
  prepareImage,
  type SourceFormat,
} from '../dist/index.js';
import { bmp, gif, tiff } from './files.js';
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

describe('files that are not images', () => {
  test.each<[string, Buffer, PrepareErrorCode, string?]>([
    ['nothing', Buffer.alloc(0), 'SOURCE_EMPTY'],
    ['text', Buffer.from('hello'), 'NOT_AN_IMAGE'],
    ['two letters of a BMP', Buffer.from('BM is not always an image'), 'NOT_AN_IMAGE'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'FORMAT_UNSUPPORTED', 'SVG'],
    [
      'SVG with a prologue',
      Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- x -->\n<svg width="1">'),
      'FORMAT_UNSUPPORTED',
      'SVG',
    ],
    ['PDF', Buffer.from('%PDF-1.4'), 'FORMAT_UNSUPPORTED', 'PDF or Illustrator'],
    ['PSD', Buffer.from('8BPS\0\x01'), 'FORMAT_UNSUPPORTED', 'Photoshop (PSD)'],
    ['a web page', Buffer.from('<!DOCTYPE html><html>'), 'FORMAT_UNSUPPORTED', 'Web page (HTML)'],
    ['ZIP', Buffer.from('504b0304', 'hex'), 'FORMAT_UNSUPPORTED', 'Archive (ZIP, Sketch, Keynote)'],
    ['JPEG XL', Buffer.from('ff0a00', 'hex'), 'FORMAT_UNSUPPORTED', 'JPEG XL'],
    ['a video', Buffer.from('00000018667479706d703432', 'hex'), 'FORMAT_UNSUPPORTED', 'Video (MP4, MOV)'],
    [
      'HEIF of another codec',
      Buffer.from('00000010667479706d69663100000000', 'hex'),
      'FORMAT_UNSUPPORTED',
      'HEIF without a known codec',
    ],
    [
      'DNG',
      tiff([[50706, 1, 0x00000401, 4]], Buffer.alloc(0)),
      'FORMAT_UNSUPPORTED',
      'Camera raw (DNG, NEF, CR2)',
    ],
    [
      'NEF, whose first page is a thumbnail',
      tiff([[254, 4, 1]], Buffer.alloc(0)),
      'FORMAT_UNSUPPORTED',
      'Camera raw (DNG, NEF, CR2)',
    ],
  ])('%s', async (_, bytes, code, found) => {
    const error = await prepareImage(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PrepareError);
    expect(error).toMatchObject({ code, ...(found && { values: { found } }) });
  });
});
