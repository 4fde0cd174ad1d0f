/** Files that attack a decoder. Each is small, or as large as necessary. */
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { bmp, gif, ihdr, png, pngChunk, TIFF_DATA, tiff, withPngChunks } from './files.js';
import { quarters } from './images.js';

export interface Hostile {
  readonly name: string;
  /** The code of the refusal; undefined if the file is harmless and can be prepared. */
  readonly code: string | undefined;
  readonly bytes: Buffer;
}

export async function hostileFiles(): Promise<Hostile[]> {
  return [...bombs(), ...(await lies()), ...(await loads()), ...programs()];
}

/** Few bytes, many pixels. */
function bombs(): Hostile[] {
  const zeros = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes), { level: 9 });
  return [
    {
      name: 'PNG of 30000 × 30000 in one bit',
      code: 'TOO_MANY_PIXELS',
      bytes: png(
        ['IHDR', ihdr(30000, 30000, 1, 0)],
        ['IDAT', zeros(3751 * 30000)],
        ['IEND', Buffer.alloc(0)],
      ),
    },
    {
      name: 'PNG that says 2147483647 × 2147483647',
      code: 'DAMAGED',
      bytes: png(
        ['IHDR', ihdr(0x7fffffff, 0x7fffffff, 8, 6)],
        ['IDAT', zeros(100)],
        ['IEND', Buffer.alloc(0)],
      ),
    },
    { name: 'GIF with a screen of 65535 × 65535', code: undefined, bytes: gif(65535, 65535, 1) },
    { name: 'BMP of 30000 × 30000, run-length', code: 'TOO_MANY_PIXELS', bytes: rleBomb(30000) },
    { name: 'BMP of 8000 × 8000, run-length, 6 bytes', code: undefined, bytes: rleBomb(8000) },
    {
      name: 'TIFF of 16000 × 16000, deflate',
      code: 'TOO_MANY_PIXELS',
      bytes: tiff(tiffEntries(16000, 16000, { compression: 8, rows: 16000, bytes: 1000 }), zeros(100_000)),
    },
    {
      name: 'TIFF of 8000 × 8000, one strip that inflates to 64 MB',
      code: undefined,
      bytes: ((data) =>
        tiff(tiffEntries(8000, 8000, { compression: 8, rows: 8000, bytes: data.length }), data))(
        zeros(64_000_000),
      ),
    },
  ];
}

/** All pixels are skipped. */
export function rleBomb(side: number): Buffer {
  return bmp(
    { width: side, height: side, bits: 8, compression: 1 },
    Buffer.from('00000000', 'hex'),
    Buffer.from('0000000100', 'hex').subarray(2),
  );
}

interface StripOptions {
  compression: number;
  rows: number;
  bytes: number;
  samples?: number;
  offset?: number;
}

function tiffEntries(
  width: number,
  height: number,
  { compression, rows, bytes, samples = 1, offset = TIFF_DATA }: StripOptions,
): [number, number, number][] {
  return [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [259, 3, compression],
    [262, 3, 1],
    [273, 4, offset],
    [277, 3, samples],
    [278, 4, rows],
    [279, 4, bytes],
  ];
}

/** Headers with wrong values. */
async function lies(): Promise<Hostile[]> {
  const jpg = await quarters(64, 64).jpeg().toBuffer();
  const webp = await quarters(64, 64).webp({ lossless: true }).toBuffer();
  const avif = await quarters(64, 64).avif().toBuffer();
  return [
    {
      name: 'JPG of 64 × 64 that says 65500 × 65500',
      code: 'TOO_MANY_PIXELS',
      bytes: jpgOfSize(jpg, 65500, 65500),
    },
    { name: 'JPG of 64 × 64 that says 8000 × 8000', code: 'DAMAGED', bytes: jpgOfSize(jpg, 8000, 8000) },
    { name: 'JPG that says 0 × 64', code: 'DAMAGED', bytes: jpgOfSize(jpg, 0, 64) },
    {
      name: 'WebP of 64 × 64 that says 16383 × 16383',
      code: 'TOO_MANY_PIXELS',
      bytes: webpOfSize(webp, 16383),
    },
    {
      name: 'AVIF of 64 × 64 that says 20000 × 20000',
      code: 'TOO_MANY_PIXELS',
      bytes: avifOfSize(avif, 20000),
    },
    {
      name: 'BMP of 8000 × 8000 without pixels',
      code: 'DAMAGED',
      bytes: bmp({ width: 8000, height: 8000, bits: 24 }, Buffer.alloc(0), Buffer.alloc(64)),
    },
    {
      name: 'BMP that says -2147483648 high',
      code: 'TOO_MANY_PIXELS',
      bytes: bmp({ width: 1, height: -2147483648, bits: 24 }, Buffer.alloc(0), Buffer.alloc(64)),
    },
    {
      name: 'TIFF whose one strip says 4 GB',
      code: 'DAMAGED',
      bytes: tiff(
        tiffEntries(8000, 8000, { compression: 1, rows: 0xffffffff, bytes: 0xffffffff }),
        Buffer.alloc(64),
      ),
    },
    {
      name: 'TIFF with 65535 samples a pixel',
      code: 'DAMAGED',
      bytes: tiff(
        tiffEntries(4000, 4000, { compression: 1, rows: 4000, bytes: 64, samples: 65535 }),
        Buffer.alloc(64),
      ),
    },
    {
      name: 'TIFF whose pages go in a circle',
      code: 'DAMAGED',
      bytes: tiff(
        tiffEntries(8, 8, { compression: 1, rows: 8, bytes: 640, offset: 100_000 }),
        Buffer.alloc(64),
        8,
      ),
    },
  ];
}

function jpgOfSize(jpg: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(jpg);
  const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(height, frame + 5);
  copy.writeUInt16BE(width, frame + 7);
  return copy;
}

/** VP8L: a signature byte, then width less one and height less one in 14 bits each. */
function webpOfSize(webp: Buffer, side: number): Buffer {
  const copy = Buffer.from(webp);
  const at = copy.indexOf('VP8L') + 9;
  copy.writeUInt32LE(((side - 1) | ((side - 1) << 14)) >>> 0, at);
  return copy;
}

/** Every size in the boxes. */
export function heicOfSize(heic: Buffer, side: number): Buffer {
  return avifOfSize(heic, side);
}

function avifOfSize(avif: Buffer, side: number): Buffer {
  const copy = Buffer.from(avif);
  const at = copy.indexOf('ispe') + 8;
  copy.writeUInt32BE(side, at);
  copy.writeUInt32BE(side, at + 4);
  return copy;
}

/** Correct sizes, but an excess of other elements. */
async function loads(): Promise<Hostile[]> {
  const small = await quarters(64, 64).png().toBuffer();
  const text = pngChunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(50_000_000))]));
  const profile = pngChunk(
    'iCCP',
    Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(200_000_000))]),
  );
  return [
    { name: 'GIF of 20000 frames', code: undefined, bytes: gif(1, 1, 20_000) },
    {
      name: 'PNG with 50 texts that inflate to 50 MB each',
      code: undefined,
      bytes: withPngChunks(small, ...Array<Buffer>(50).fill(text)),
    },
    {
      name: 'PNG with a profile that inflates to 200 MB',
      code: undefined,
      bytes: withPngChunks(small, profile),
    },
    { name: 'JPG of 8000 × 8000 in 883 scans', code: 'DAMAGED', bytes: jpgOfScans(8000) },
    {
      name: 'the same without its end',
      code: 'DAMAGED',
      bytes: jpgOfScans(8000).subarray(0, -2),
    },
    {
      name: 'PNG of 4000 × 4000, interlaced, 16 bits',
      code: undefined,
      bytes: await sharp({ create: { width: 4000, height: 4000, channels: 4, background: '#c00' } })
        .toColourspace('rgb16')
        .png({ progressive: true, compressionLevel: 1 })
        .toBuffer(),
    },
  ];
}

/**
 * A progressive JPG of one component and of as many scans as the format allows: 63 coefficients, each in 14 steps of precision.
 * A scan of a hundred bytes says that a million blocks are empty, and a decoder visits all of them.
 */
function jpgOfScans(side: number): Buffer {
  const blocks = (side / 8) ** 2;
  const runs = bits('011111111111111'.repeat(Math.ceil(blocks / 32767)));
  const steps = Array.from({ length: 14 }, (_, step) => 13 - step);
  const coefficients = Array.from({ length: 63 }, (_, index) => index + 1);
  const scan = (from: number, precision: number, data: Buffer): Buffer =>
    Buffer.concat([Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, from, from, precision]), data]);
  return Buffer.concat([
    Buffer.from('ffd8ffdb004300', 'hex'),
    Buffer.alloc(64, 1),
    Buffer.from([0xff, 0xc2, 0, 11, 8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0]),
    Buffer.from(`ffc4001400${'01'.padEnd(32, '0')}00`, 'hex'),
    Buffer.from(`ffc4001410${'01'.padEnd(32, '0')}e0`, 'hex'),
    scan(0, 0, Buffer.alloc(blocks / 8)),
    ...steps.flatMap((low) =>
      coefficients.map((coefficient) => scan(coefficient, low === 13 ? 13 : ((low + 1) << 4) | low, runs)),
    ),
    Buffer.from('ffd9', 'hex'),
  ]);
}

/** Bits as entropy-coded data: padded with ones, with a zero byte after each 0xff. */
function bits(text: string): Buffer {
  const bytes = text.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2)) ?? [];
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])));
}

/** Programs in place of images, with various names. */
function programs(): Hostile[] {
  const xxe =
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>';
  return [
    { name: 'SVG with an external entity', code: 'FORMAT_UNSUPPORTED', bytes: Buffer.from(xxe) },
    { name: 'PDF', code: 'FORMAT_UNSUPPORTED', bytes: Buffer.from('%PDF-1.7\n') },
    { name: 'EPS', code: 'FORMAT_UNSUPPORTED', bytes: Buffer.from('%!PS-Adobe-3.0 EPSF-3.0\n') },
  ];
}
