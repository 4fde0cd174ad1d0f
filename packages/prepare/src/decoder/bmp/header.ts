import { PrepareError } from '../../errors.js';
import { damaged } from '../damage.js';

/** The packing of a BMP's pixels. */
export type Packing = 'rows' | 'rle4' | 'rle8';

/** The bits of each component in a pixel; 0 if there is none. */
export interface Masks {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

/** The contents of a BMP's headers. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Whether the first row is the top one. */
  readonly topDown: boolean;
  readonly bitsPerPixel: number;
  readonly packing: Packing;
  /** For 16 and 32 bits. */
  readonly masks: Masks;
  /** For 8 bits and less: three bytes per colour, red first. */
  readonly palette: Buffer;
  /** The offset of the pixels. */
  readonly pixels: number;
}

/**
 * Reads BITMAPFILEHEADER and the header after it: OS/2 1 and 2, Windows 3, 4 and 5.
 *
 * @throws PrepareError `DAMAGED`, or `FORMAT_UNSUPPORTED` for a JPG or PNG within a BMP (made for printers)
 */
export function readBmpHeader(bytes: Buffer): BmpHeader {
  const length = bytes.length >= 18 ? bytes.readUInt32LE(14) : 0;
  if (!HEADER_LENGTHS.has(length) || bytes.length < 14 + length)
    throw damaged('bmp', 'its header is cut short');
  const core = length === CORE_HEADER;
  const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const height = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bitsPerPixel = bytes.readUInt16LE(core ? 24 : 28);
  const compression = length >= 40 ? bytes.readUInt32LE(30) : 0;
  const packing = packingOf(bitsPerPixel, compression);
  const masks = masksOf(bytes, length, bitsPerPixel, compression);
  const afterMasks = 14 + length + maskBytes(length, compression);
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bitsPerPixel,
    packing,
    masks,
    palette: bitsPerPixel <= 8 ? readPalette(bytes, afterMasks, core ? 3 : 4, 1 << bitsPerPixel) : EMPTY,
    pixels: bytes.readUInt32LE(10),
  };
}

const CORE_HEADER = 12;
const HEADER_LENGTHS = new Set([CORE_HEADER, 16, 40, 52, 56, 64, 108, 124]);
const EMPTY = Buffer.alloc(0);

const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;

/** The valid combinations of compression and bits per pixel. */
const PACKINGS: readonly { compression: number; bits: readonly number[]; packing: Packing }[] = [
  { compression: 0, bits: [1, 2, 4, 8, 16, 24, 32], packing: 'rows' },
  { compression: 1, bits: [8], packing: 'rle8' },
  { compression: 2, bits: [4], packing: 'rle4' },
  { compression: BITFIELDS, bits: [16, 32], packing: 'rows' },
  { compression: ALPHA_BITFIELDS, bits: [16, 32], packing: 'rows' },
];

function packingOf(bits: number, compression: number): Packing {
  if (compression === 4 || compression === 5) {
    throw new PrepareError('FORMAT_UNSUPPORTED', { found: 'BMP with a JPG or PNG inside' });
  }
  const row = PACKINGS.find((one) => one.compression === compression && one.bits.includes(bits));
  if (!row) throw damaged('bmp', `${bits} bits a pixel with compression ${compression}`);
  return row.packing;
}

/** A Windows 3 header contains no masks; they follow it. */
function maskBytes(length: number, compression: number): number {
  if (length !== 40) return 0;
  return compression === BITFIELDS ? 12 : compression === ALPHA_BITFIELDS ? 16 : 0;
}

function masksOf(bytes: Buffer, length: number, bits: number, compression: number): Masks {
  if (compression !== BITFIELDS && compression !== ALPHA_BITFIELDS) return bits === 16 ? RGB555 : RGB888;
  const withAlpha = length >= 56 || compression === ALPHA_BITFIELDS;
  if (bytes.length < (withAlpha ? 70 : 66)) throw damaged('bmp', 'its colour masks are cut short');
  const [red = 0, green = 0, blue = 0, alpha = 0] = [54, 58, 62, ...(withAlpha ? [66] : [])].map((at) =>
    bytes.readUInt32LE(at),
  );
  return { red, green, blue, alpha };
}

const RGB555: Masks = { red: 0x7c00, green: 0x03e0, blue: 0x001f, alpha: 0 };
const RGB888: Masks = { red: 0xff0000, green: 0x00ff00, blue: 0x0000ff, alpha: 0 };

/** Reads as many colours as there are bytes before the pixels. A missing colour is black, as in other programs. */
function readPalette(bytes: Buffer, at: number, size: 3 | 4, most: number): Buffer {
  const end = Math.min(Math.max(bytes.readUInt32LE(10), at), bytes.length);
  const count = Math.min(Math.floor((end - at) / size), most);
  const palette = Buffer.alloc(3 * most);
  for (let index = 0; index < count; index++) {
    const entry = at + index * size;
    palette[3 * index] = bytes[entry + 2] ?? 0;
    palette[3 * index + 1] = bytes[entry + 1] ?? 0;
    palette[3 * index + 2] = bytes[entry] ?? 0;
  }
  return palette;
}
