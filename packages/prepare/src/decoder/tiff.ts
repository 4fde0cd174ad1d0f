/** Pixels with eight bits per component, in rows from the top down, without gaps. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** RGB, or RGB and alpha. */
  readonly channels: 3 | 4;
  /** The ICC profile of the colours. Default: sRGB. */
  readonly profile?: Uint8Array | undefined;
  /** EXIF orientation, 1 to 8. Default: upright. */
  readonly orientation?: number | undefined;
}

/** A TIFF in memory, to be filled with pixels. */
export interface TiffDraft {
  /** The whole file. */
  readonly file: Buffer;
  /** The place for the pixels, a part of `file`. */
  readonly pixels: Buffer;
}

/**
 * Makes an uncompressed TIFF for pixels from our own reader. libvips also takes raw pixels, but without a profile; a file is
 * processed like every other image.
 */
export function draftTiff({ width, height, channels, profile, orientation = 1 }: Bitmap): TiffDraft {
  // The pixels are in strips, since libvips keeps one of them in memory beside the image.
  const stripCount = Math.ceil(height / ROWS_PER_STRIP);
  const stripBytes = ROWS_PER_STRIP * width * channels;
  const pixelBytes = height * width * channels;
  const strips = Array.from({ length: stripCount }, (_, index) => index * stripBytes);
  const layout = layOut([
    { tag: 256, type: LONG, values: [width] },
    { tag: 257, type: LONG, values: [height] },
    { tag: 258, type: SHORT, values: Array<number>(channels).fill(8) },
    { tag: 259, type: SHORT, values: [UNCOMPRESSED] },
    { tag: 262, type: SHORT, values: [RGB] },
    { tag: STRIP_OFFSETS, type: LONG, values: strips },
    { tag: 274, type: SHORT, values: [orientation] },
    { tag: 277, type: SHORT, values: [channels] },
    { tag: 278, type: LONG, values: [ROWS_PER_STRIP] },
    { tag: 279, type: LONG, values: strips.map((start) => Math.min(stripBytes, pixelBytes - start)) },
    ...(channels === 4 ? [{ tag: 338, type: SHORT, values: [UNASSOCIATED_ALPHA] }] : []),
    ...(profile ? [{ tag: 34675, type: UNDEFINED, values: [...profile] }] : []),
  ]);
  const file = Buffer.alloc(layout.bytes + pixelBytes);
  writeTiff(file, layout);
  return { file, pixels: file.subarray(layout.bytes) };
}

const ROWS_PER_STRIP = 64;
const UNCOMPRESSED = 1;
const RGB = 2;
const UNASSOCIATED_ALPHA = 2;
const STRIP_OFFSETS = 273;

interface FieldType {
  readonly code: number;
  readonly bytes: 1 | 2 | 4;
}

const SHORT: FieldType = { code: 3, bytes: 2 };
const LONG: FieldType = { code: 4, bytes: 4 };
const UNDEFINED: FieldType = { code: 7, bytes: 1 };

interface Field {
  readonly tag: number;
  readonly type: FieldType;
  readonly values: readonly number[];
}

interface Layout {
  readonly fields: readonly (Field & { readonly at: number })[];
  /** The number of bytes before the pixels. */
  readonly bytes: number;
}

/** TIFF 6.0: header (8 bytes), count (2), entries (12 each), next page (4), then the values that do not fit into an entry. */
function layOut(fields: readonly Field[]): Layout {
  let bytes = 8 + 2 + 12 * fields.length + 4;
  const placed = fields.map((field, index) => {
    const size = field.values.length * field.type.bytes;
    if (size <= 4) return { ...field, at: 8 + 2 + 12 * index + 8 };
    const at = bytes;
    bytes += size + (size % 2);
    return { ...field, at };
  });
  return { fields: placed, bytes };
}

function writeTiff(file: Buffer, { fields, bytes }: Layout): void {
  file.write('II*\0\x08\0\0\0', 'latin1');
  file.writeUInt16LE(fields.length, 8);
  for (const [index, { tag, type, values, at }] of fields.entries()) {
    const entry = 10 + 12 * index;
    file.writeUInt16LE(tag, entry);
    file.writeUInt16LE(type.code, entry + 2);
    file.writeUInt32LE(values.length, entry + 4);
    if (at !== entry + 8) file.writeUInt32LE(at, entry + 8);
    const base = tag === STRIP_OFFSETS ? bytes : 0;
    for (const [place, value] of values.entries()) {
      file.writeUIntLE(base + value, at + place * type.bytes, type.bytes);
    }
  }
}
