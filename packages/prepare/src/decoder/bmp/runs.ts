import { damaged } from '../damage.js';
import type { BmpHeader } from './header.js';
import { type Canvas, putColour } from './rows.js';

/**
 * Reads run-length encoded pixels: pairs of a count and a colour, and escapes (count 0) for the end of a row, the end of the
 * image, a jump, and runs of single pixels. Skipped pixels have the first colour.
 */
export function readRuns(bytes: Buffer, header: BmpHeader, { pixels }: Canvas): void {
  const { width, height, palette, packing } = header;
  const colourOf = COLOURS[packing === 'rle4' ? 'rle4' : 'rle8'];
  pixels.fill(palette.subarray(0, 3));
  let at = header.pixels;
  let x = 0;
  let y = 0;

  function next(): number {
    const byte = bytes[at++];
    if (byte === undefined) throw damaged('bmp', 'its pixels are cut short');
    return byte;
  }

  /** Pixels outside the image are dropped, as in other programs. */
  function put(colour: number): void {
    const row = header.topDown ? y : height - 1 - y;
    if (x < width && y < height) putColour(pixels, 3 * (row * width + x), palette, colour);
    x++;
  }

  function putRun(count: number, packed: number): void {
    for (let place = 0; place < count; place++) put(colourOf(packed, place));
  }

  /** Reads single pixels, padded to an even number of bytes. */
  function putSingles(count: number): void {
    const perByte = packing === 'rle4' ? 2 : 1;
    const length = Math.ceil(count / perByte);
    for (let place = 0; place < count; place += perByte) putRun(Math.min(perByte, count - place), next());
    at += length % 2;
  }

  while (y < height) {
    const count = next();
    const operand = next();
    if (count > 0) putRun(count, operand);
    else if (operand === END_OF_ROW) [x, y] = [0, y + 1];
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
};
