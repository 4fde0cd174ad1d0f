import { damaged } from '../damage.js';
import type { BmpHeader, Masks } from './header.js';

/** The output of a reader: rows from the top down, without gaps. */
export interface Canvas {
  readonly channels: 3 | 4;
  readonly pixels: Buffer;
}

/** Reads pixels in rows, each padded to a multiple of four bytes. */
export function readRows(bytes: Buffer, header: BmpHeader, canvas: Canvas): void {
  const { width, height, bitsPerPixel, topDown } = header;
  const stride = Math.ceil((width * bitsPerPixel) / 32) * 4;
  if (header.pixels + stride * height > bytes.length) throw damaged('bmp', 'pixelsCutShort');
  const readRow = rowReader(header, canvas);
  for (let row = 0; row < height; row++) {
    const from = header.pixels + (topDown ? row : height - 1 - row) * stride;
    readRow(bytes.subarray(from, from + stride), canvas.pixels, row * width * canvas.channels);
  }
}

/** Copies three bytes one by one: a call of copy() per pixel takes half a minute for a large image. */
export function putColour(out: Buffer, to: number, palette: Buffer, index: number): void {
  out[to] = byteAt(palette, 3 * index);
  out[to + 1] = byteAt(palette, 3 * index + 1);
  out[to + 2] = byteAt(palette, 3 * index + 2);
}

type RowReader = (row: Buffer, out: Buffer, to: number) => void;

function rowReader(header: BmpHeader, { channels }: Canvas): RowReader {
  const { width, bitsPerPixel, palette, masks } = header;
  if (bitsPerPixel <= 8) return indexedRow(width, bitsPerPixel, palette);
  return bitsPerPixel === 24 ? directRow(width) : maskedRow(width, bitsPerPixel, masks, channels);
}

function indexedRow(width: number, bits: number, palette: Buffer): RowReader {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  return (row, out, to) => {
    for (let x = 0; x < width; x++) {
      const shift = 8 - bits * ((x % perByte) + 1);
      const index = (byteAt(row, Math.floor(x / perByte)) >> shift) & mask;
      putColour(out, to + 3 * x, palette, index);
    }
  };
}

/** Blue, green, red. */
function directRow(width: number): RowReader {
  return (row, out, to) => {
    for (let x = 0; x < 3 * width; x += 3) {
      out[to + x] = byteAt(row, x + 2);
      out[to + x + 1] = byteAt(row, x + 1);
      out[to + x + 2] = byteAt(row, x);
    }
  };
}

function maskedRow(width: number, bits: number, masks: Masks, channels: 3 | 4): RowReader {
  const size = bits / 8;
  const parts = [masks.red, masks.green, masks.blue, masks.alpha].slice(0, channels).map(component);
  return (row, out, to) => {
    for (let x = 0; x < width; x++) {
      const pixel = size === 2 ? row.readUInt16LE(2 * x) : row.readUInt32LE(4 * x);
      for (const [index, part] of parts.entries()) out[to + x * channels + index] = part(pixel);
    }
  };
}

/** Extracts a component of a pixel and scales it to 0 to 255. Masks may have any width. */
function component(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.round((255 * ((pixel & mask) >>> shift)) / most);
}

function byteAt(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0;
}
