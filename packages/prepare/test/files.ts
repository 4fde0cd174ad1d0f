/** Files built byte by byte, since no encoder writes them. */
import { crc32, deflateSync } from 'node:zlib';

/** A PNG from chunks; the signature is added. */
export function png(...chunks: [type: string, content: Uint8Array][]): Buffer {
  return Buffer.concat([PNG_SIGNATURE, ...chunks.map(([type, content]) => pngChunk(type, content))]);
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

export function pngChunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(content.length);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** The content of IHDR. Colour types: 0 grey, 2 RGB, 6 RGB and alpha. */
export function ihdr(width: number, height: number, depth: number, colourType: number): Buffer {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([depth, colourType], 8);
  return content;
}

/** Inserts chunks before the first IDAT of a PNG. */
export function withPngChunks(file: Buffer, ...chunks: Buffer[]): Buffer {
  const at = file.indexOf('IDAT') - 4;
  return Buffer.concat([file.subarray(0, at), ...chunks, file.subarray(at)]);
}

/** A PNG with an ICC profile, without a conversion of its pixels. */
export function withPngProfile(file: Buffer, profile: Uint8Array): Buffer {
  return withPngChunks(
    file,
    pngChunk('iCCP', Buffer.concat([Buffer.from('test\0\0'), deflateSync(profile)])),
  );
}

/** Inserts segments after the SOI of a JPG. */
export function withJpgSegments(file: Buffer, ...segments: [marker: number, content: Buffer][]): Buffer {
  const written = segments.map(([marker, content]) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(content.length + 2, 2);
    return Buffer.concat([head, content]);
  });
  return Buffer.concat([file.subarray(0, 2), ...written, file.subarray(2)]);
}

/** A little-endian TIFF of one page: tag, type (3 short, 4 long) and value; `data` stands at `TIFF_DATA`. */
export function tiff(
  entries: readonly [tag: number, type: number, value: number, count?: number][],
  data: Buffer,
  next = 0,
): Buffer {
  const head = Buffer.alloc(TIFF_DATA);
  head.write('II*\0\x08\0\0\0', 'latin1');
  head.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, type, value, count = 1]] of entries.entries()) {
    head.writeUInt16LE(tag, 10 + 12 * index);
    head.writeUInt16LE(type, 12 + 12 * index);
    head.writeUInt32LE(count, 14 + 12 * index);
    head.writeUInt32LE(value, 18 + 12 * index);
  }
  head.writeUInt32LE(next, 10 + 12 * entries.length);
  return Buffer.concat([head, data]);
}

export const TIFF_DATA = 512;

/** A BMP with a Windows 3 header, the given bytes and the pixels. */
export function bmp(
  {
    width,
    height,
    bits,
    compression = 0,
    size = 40,
  }: { width: number; height: number; bits: number; compression?: number; size?: number },
  beforePixels: Uint8Array,
  pixels: Uint8Array,
): Buffer {
  const head = Buffer.alloc(14 + size);
  head.write('BM', 'latin1');
  head.writeUInt32LE(14 + size + beforePixels.length + pixels.length, 2);
  head.writeUInt32LE(14 + size + beforePixels.length, 10);
  head.writeUInt32LE(size, 14);
  if (size === 12) {
    head.writeUInt16LE(width, 18);
    head.writeUInt16LE(height, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt16LE(bits, 24);
  } else {
    head.writeInt32LE(width, 18);
    head.writeInt32LE(height, 22);
    head.writeUInt16LE(1, 26);
    head.writeUInt16LE(bits, 28);
    head.writeUInt32LE(compression, 30);
  }
  return Buffer.concat([head, beforePixels, pixels]);
}

/** A GIF whose frames are all the same pixel. */
export function gif(width: number, height: number, frames: number): Buffer {
  const screen = Buffer.from([0, 0, 0, 0, 0x80, 0, 0]);
  screen.writeUInt16LE(width, 0);
  screen.writeUInt16LE(height, 2);
  const frame = Buffer.from('21f90400010000002c0000000001000100000202440100'.replace(/00$/, '00'), 'hex');
  return Buffer.concat([
    Buffer.from('GIF89a'),
    screen,
    Buffer.from('ff0000000000', 'hex'),
    ...Array<Buffer>(frames).fill(frame),
    Buffer.from(';'),
  ]);
}

/**
 * An RGB profile of ICC version 2: primaries as columns of XYZ under D50, one gamma.
 *
 * @param description the name of the profile
 */
export function matrixProfile(
  description: string,
  primaries: readonly [Xyz, Xyz, Xyz],
  gamma: number,
): Buffer {
  const text = Buffer.from(`${description}\0`, 'latin1');
  const desc = Buffer.concat([Buffer.from('desc\0\0\0\0'), uint32(text.length), text, Buffer.alloc(79)]);
  const curve = Buffer.concat([Buffer.from('curv\0\0\0\0'), uint32(1), Buffer.alloc(4)]);
  curve.writeUInt16BE(Math.round(gamma * 256), 12);
  const tags: [string, Buffer][] = [
    ['desc', desc],
    ['cprt', Buffer.from('text\0\0\0\0none\0')],
    ['wtpt', xyz(D50)],
    ...(['rXYZ', 'gXYZ', 'bXYZ'] as const).map((name, index): [string, Buffer] => [
      name,
      xyz(primaries[index] ?? D50),
    ]),
    ...['rTRC', 'gTRC', 'bTRC'].map((name): [string, Buffer] => [name, curve]),
  ];
  let at = 128 + 4 + 12 * tags.length;
  const table: Buffer[] = [uint32(tags.length)];
  const contents: Buffer[] = [];
  for (const [name, content] of tags) {
    const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
    table.push(Buffer.from(name), uint32(at), uint32(content.length));
    contents.push(padded);
    at += padded.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x02400000, 8);
  header.write('mntrRGB XYZ ', 12);
  header.write('acsp', 36);
  xyz(D50).copy(header, 68, 8);
  return Buffer.concat([header, ...table, ...contents]);
}

type Xyz = readonly [number, number, number];
const D50: Xyz = [0.9642, 1, 0.8249];

function xyz(values: Xyz): Buffer {
  const tag = Buffer.alloc(20);
  tag.write('XYZ ');
  for (const [index, value] of values.entries()) tag.writeInt32BE(Math.round(value * 65536), 8 + 4 * index);
  return tag;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
