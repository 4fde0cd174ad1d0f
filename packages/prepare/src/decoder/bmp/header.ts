import { unsupported } from '../../errors.js';
import { damaged } from '../damage.js';
import { type BmpColours, readBmpColours } from './colours.js';

/** The packing of a BMP's pixels. */
export type Packing = 'rows' | 'rle4' | 'rle8' | 'rle24';

/** The bits of each component in a pixel; 0 if there is none. */
export interface Masks {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

/** The contents of a BMP's headers. */
export interface BmpHeader extends BmpColours {
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
  if (!HEADER_LENGTHS.has(length) || bytes.length < 14 + length) throw damaged('bmp', 'headerCutShort');
  const core = length === CORE_HEADER;
  const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const height = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bitsPerPixel = bytes.readUInt16LE(core ? 24 : 28);
  const compression = length >= 40 ? bytes.readUInt32LE(30) : 0;
  const os2 = OS2_HEADERS.has(length);
  const packing = packingOf(bitsPerPixel, compression, os2);
  const masks = masksOf(bytes, length, bitsPerPixel, compression);
  const afterMasks = 14 + length + maskBytes(length, compression);
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bitsPerPixel,
    packing,
    masks,
    palette:
      bitsPerPixel <= 8
        ? readPalette(bytes, afterMasks, core ? 3 : 4, coloursOf(bytes, length, bitsPerPixel))
        : EMPTY,
    pixels: bytes.readUInt32LE(10),
    ...readBmpColours(bytes, length),
  };
}

const CORE_HEADER = 12;
const HEADER_LENGTHS = new Set([CORE_HEADER, 16, 40, 52, 56, 64, 108, 124]);
/** OS/2 2.x, whole or without the fields that are 0. Its compressions 3 and 4 mean something else. */
const OS2_HEADERS = new Set([16, 64]);
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

const HUFFMAN = 3;
const RLE24 = 4;

function packingOf(bits: number, compression: number, os2: boolean): Packing {
  if (os2 && compression === RLE24 && bits === 24) return 'rle24';
  if (os2 && compression === HUFFMAN) throw unsupported(OS2_HUFFMAN);
  if (compression === 4 || compression === 5) {
    throw unsupported(compression === 4 ? JPG_INSIDE : PNG_INSIDE);
  }
  const row = PACKINGS.find((one) => one.compression === compression && one.bits.includes(bits));
  if (!row) throw damaged('bmp', 'packing', { bits, compression });
  return row.packing;
}

const OS2_HUFFMAN = { 'zh-CN': 'OS/2 BMP（Huffman 压缩）', en: 'an OS/2 BMP with Huffman compression' };
const JPG_INSIDE = {
  'zh-CN': '内嵌 JPG 的 BMP（打印机用）',
  en: 'a BMP with a JPG inside, made for printers',
};
const PNG_INSIDE = {
  'zh-CN': '内嵌 PNG 的 BMP（打印机用）',
  en: 'a BMP with a PNG inside, made for printers',
};

/** A Windows 3 header contains no masks; they follow it. */
function maskBytes(length: number, compression: number): number {
  if (length !== 40) return 0;
  return compression === BITFIELDS ? 12 : compression === ALPHA_BITFIELDS ? 16 : 0;
}

function masksOf(bytes: Buffer, length: number, bits: number, compression: number): Masks {
  if (compression !== BITFIELDS && compression !== ALPHA_BITFIELDS) return bits === 16 ? RGB555 : RGB888;
  const withAlpha = length >= 56 || compression === ALPHA_BITFIELDS;
  if (bytes.length < (withAlpha ? 70 : 66)) throw damaged('bmp', 'masksCutShort');
  const [red = 0, green = 0, blue = 0, alpha = 0] = [54, 58, 62, ...(withAlpha ? [66] : [])].map((at) =>
    bytes.readUInt32LE(at),
  );
  return { red, green, blue, alpha };
}

const RGB555: Masks = { red: 0x7c00, green: 0x03e0, blue: 0x001f, alpha: 0 };
const RGB888: Masks = { red: 0xff0000, green: 0x00ff00, blue: 0x0000ff, alpha: 0 };

/** A header of 40 bytes or more counts its colours, of which 0 means all. */
function coloursOf(bytes: Buffer, length: number, bits: number): number {
  const most = 1 << bits;
  const used = length >= 40 ? bytes.readUInt32LE(46) : 0;
  return used === 0 ? most : Math.min(used, most);
}

/**
 * Reads the colours that follow the header, wherever the pixels begin: viewers do so even if both overlap. A missing colour is
 * black, as in other programs.
 */
function readPalette(bytes: Buffer, at: number, size: 3 | 4, most: number): Buffer {
  const count = Math.min(Math.floor((bytes.length - at) / size), most);
  const palette = Buffer.alloc(3 * 256);
  for (let index = 0; index < count; index++) {
    const entry = at + index * size;
    palette[3 * index] = bytes[entry + 2] ?? 0;
    palette[3 * index + 1] = bytes[entry + 1] ?? 0;
    palette[3 * index + 2] = bytes[entry] ?? 0;
  }
  return palette;
}
