import { checkPixels, damaged } from './damage.js';
import { allowOnly, readHeader, readRaw } from './libvips.js';
import { clearOutside, type RawPixels } from './raw.js';
import type { Readable } from './readable.js';
import { pixelsToTiff } from './redrawn.js';

/**
 * Reads a GIF. What its first frame does not cover is transparent, as browsers show it; libvips makes it black, unless a frame
 * names a transparent colour.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`
 */
export async function readGif(source: Buffer, maxPixels: number): Promise<Readable> {
  const file = { bytes: source, format: 'gif' as const, maxPixels };
  const frame = firstFrame(source);
  if (frame === undefined) throw damaged('gif', 'cutShort');
  const header = await readHeader(file);
  const { width, height } = header;
  if (frame.left <= 0 && frame.top <= 0 && frame.right >= width && frame.bottom >= height) {
    return { bytes: source };
  }
  checkPixels('gif', width, height, maxPixels);
  const pixels = withAlpha(await readRaw(file, 8));
  clearOutside(pixels, frame);
  allowOnly('tiff');
  return {
    bytes: pixelsToTiff(pixels, { colours: undefined }),
    frames: header.pages ?? 1,
    metadata: header.xmp ? ['XMP'] : [],
  };
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Finds the first image after the screen, the table of colours and extensions (GIF89a, sections 18 to 24). */
function firstFrame(gif: Buffer): Frame | undefined {
  let at = HEADER + tableBytes(gif[10] ?? 0);
  while (gif[at] === EXTENSION) {
    at += 2;
    for (let length = gif[at] ?? 0; length > 0; length = gif[at] ?? 0) at += 1 + length;
    at += 1;
  }
  if (gif[at] !== IMAGE || at + 9 > gif.length) return undefined;
  const [left, top] = [gif.readUInt16LE(at + 1), gif.readUInt16LE(at + 3)];
  return { left, top, right: left + gif.readUInt16LE(at + 5), bottom: top + gif.readUInt16LE(at + 7) };
}

/** The signature, and the description of the screen. */
const HEADER = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;

function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function withAlpha(pixels: RawPixels): RawPixels {
  const { data, width, height, channels } = pixels;
  if (channels === 2 || channels === 4) return pixels;
  const widened = new Uint8Array(width * height * (channels + 1)).fill(0xff);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let one = 0; one < channels; one++) {
      widened[pixel * (channels + 1) + one] = data[pixel * channels + one] ?? 0;
    }
  }
  return { ...pixels, data: widened, channels: channels === 1 ? 2 : 4 };
}
