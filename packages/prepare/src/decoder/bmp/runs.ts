import { damaged } from '../damage.js';
import type { BmpHeader } from './header.js';
import { type Canvas, putColour } from './rows.js';

/**
 * Reads run-length encoded pixels: pairs of a count and a colour, and escapes (count 0) for the end of a row, the end of the
 * image, a jump, and runs of single pixels. Skipped pixels have the first colour.
 */
export function readRuns(bytes: Buffer, header: BmpHeader, { pixels }: Canvas): void {
  const { width, height, palette, packing } = header;
  if (packing === 'rows') throw new TypeError('rows are no runs');
  const colourOf = COLOURS[packing];
  pixels.fill(packing === 'rle24' ? 0 : palette.subarray(0, 3));
  let at = header.pixels;
  let x = 0;
  let y = 0;

  function next(): number {
    const byte = bytes[at++];
    if (byte === undefined) throw damaged('bmp', 'pixelsCutShort');
    return byte;
  }

  /** OS/2's runs of 24 bits have three bytes a pixel: blue, green, red. */
  function nextColour(): number {
    return packing === 'rle24' ? next() | (next() << 8) | (next() << 16) : next();
  }

  /** Pixels outside the image are dropped, as in other programs. */
  function put(colour: number): void {
    const row = header.topDown ? y : height - 1 - y;
    const to = 3 * (row * width + x);
    if (x < width && y < height && packing === 'rle24') pixels.writeUIntBE(colour, to, 3);
    else if (x < width && y < height) putColour(pixels, to, palette, colour);
    x++;
  }

  function putRun(count: number, packed: number): void {
    for (let place = 0; place < count; place++) put(colourOf(packed, place));
  }

  /** Reads single pixels, padded to an even number of bytes. */
  function putSingles(count: number): void {
    const perByte = packing === 'rle4' ? 2 : 1;
    const start = at;
    for (let place = 0; place < count; place += perByte)
      putRun(Math.min(perByte, count - place), nextColour());
    at += (at - start) % 2;
  }

  while (y < height) {
    const count = next();
    if (count > 0) {
      putRun(count, nextColour());
      continue;
    }
    const operand = next();
    if (operand === END_OF_ROW) [x, y] = [0, y + 1];
    else if (operand === END_OF_IMAGE) return;
    else if (operand === JUMP) [x, y] = [x + next(), y + next()];
    else putSingles(operand);
  }
}

const END_OF_ROW = 0;
const END_OF_IMAGE = 1;
const JUMP = 2;

/** Four-bit runs alternate between two colours. */
const COLOURS = {
  rle4: (packed: number, place: number): number => (place % 2 === 0 ? packed >> 4 : packed & 15),
  rle8: (packed: number): number => packed,
  rle24: (packed: number): number => packed,
};
