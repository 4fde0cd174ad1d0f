/** The page takes JPG, BMP and PNG (contract 1.3): each kind by the suffix it is served under. */
export type ImageKind = 'jpg' | 'png' | 'bmp';

export const mediaTypes: Readonly<Record<ImageKind, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  bmp: 'image/bmp',
};

/** What the header of an image says. */
export interface ImageInfo {
  kind: ImageKind;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
}

/** Why bytes are not a usable image: each fault has the name of the refusal that reports it (contract 5.5, 5.11). */
export type ImageFault =
  | 'imageKindUnknown'
  | 'imageHeaderBroken'
  | 'imageSizeImpossible'
  | 'imageColoursImpossible';

/** Pixels: an image with a side of zero or more than 30,000 cannot be used (contract 5.11). */
export const IMAGE_SIDE_LIMIT = 30_000;

/** Reads an image's header from bytes that arrive in pieces of any size. It keeps at most 120 bytes. */
export interface ImageInspector {
  write(chunk: Uint8Array): void;
  /** Call it after the last byte was written. */
  result(): ImageInfo | ImageFault;
}

/**
 * Inspects an image that arrives in pieces. The kind is decided by the magic bytes, never by a name.
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { createImageInspector } from '@coupon-media/apiv3';
 *
 * const inspector = createImageInspector();
 * for await (const chunk of createReadStream('coupon.png')) inspector.write(chunk);
 * const image = inspector.result();
 * // A string is the name of the refusal.
 * console.log(typeof image === 'string' ? image : image.kind); // 'png'
 * ```
 */
export function createImageInspector(): ImageInspector {
  const reader = readImage();
  let step = reader.next();
  let held: Uint8Array = EMPTY;
  let skipped = 0;

  /** Gives the step the bytes of `chunk` that it asks for, from `at` on. Returns the position of the next step. */
  function feed({ take, skip = 0 }: ReadStep, chunk: Uint8Array, at: number): number {
    if (take === undefined) {
      const here = Math.min(skip - skipped, chunk.length - at);
      skipped += here;
      if (skipped === skip) next(EMPTY);
      return at + here;
    }
    const piece = chunk.subarray(at, at + take - held.length);
    // The bytes are copied if a step spans chunks, since the writer may reuse its chunk.
    held = held.length === 0 && piece.length === take ? piece : joined(held, piece);
    if (held.length === take) next(held);
    return at + piece.length;
  }

  function next(bytes: Uint8Array): void {
    held = EMPTY;
    skipped = 0;
    step = reader.next(bytes);
  }

  return {
    write(chunk) {
      let at = 0;
      while (!step.done && at < chunk.length) at = feed(step.value, chunk, at);
    },
    result: () => (step.done ? step.value : step.value.cutShort),
  };
}

/**
 * Inspects an image that is in memory.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { inspectImage } from '@coupon-media/apiv3';
 *
 * const image = inspectImage(readFileSync('coupon.png'));
 * if (typeof image !== 'string') console.log(image.width >= 1 && image.height >= 1); // true
 * ```
 */
export function inspectImage(bytes: Uint8Array): ImageInfo | ImageFault {
  const inspector = createImageInspector();
  inspector.write(bytes);
  return inspector.result();
}

const EMPTY = new Uint8Array(0);

/** The next bytes that a reader wants, and the fault if the input ends before them. */
interface ReadStep {
  /** Bytes to read. */
  take?: number;
  /** Bytes to skip; at least one. */
  skip?: number;
  cutShort: ImageFault;
}

/**
 * The reader of a format. It asks for bytes step by step and knows nothing of chunks. It may use the bytes only until it asks
 * for more.
 */
type Reader = Generator<ReadStep, ImageInfo | ImageFault, Uint8Array>;

// Without Node's Buffer: the console judges images in a browser by these rules.
const PNG_MAGIC = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const JPEG_MAGIC = Uint8Array.of(0xff, 0xd8);
const BMP_MAGIC = Uint8Array.of(0x42, 0x4d);

const magic = (take: number): ReadStep => ({ take, cutShort: 'imageKindUnknown' });
const header = (take: number): ReadStep => ({ take, cutShort: 'imageHeaderBroken' });

function* readImage(): Reader {
  const first = yield magic(2);
  if (isSame(BMP_MAGIC, first)) return yield* readBmp();
  if (isSame(JPEG_MAGIC, first)) return yield* readJpeg();
  if (!isSame(PNG_MAGIC.subarray(0, 2), first)) return 'imageKindUnknown';
  const rest = yield magic(6);
  return isSame(PNG_MAGIC.subarray(2), rest) ? yield* readPng() : 'imageKindUnknown';
}

/**
 * ISO/IEC 15948: the first chunk is IHDR, 13 bytes long and a checksum. It has width, height, depth, colour type and three methods.
 * No decoder shows a PNG in which one of them is impossible, or whose checksum is wrong.
 */
function* readPng(): Reader {
  const bytes = yield header(8 + 13 + 4);
  const chunk = view(bytes);
  if (chunk.getUint32(0) !== 13 || chunk.getUint32(4) !== 0x49484452) return 'imageHeaderBroken';
  if (crc32(bytes.subarray(4, 21)) !== chunk.getUint32(21)) return 'imageHeaderBroken';
  const [depth = 0, colourType = 0, compression, filter, interlace = 0] = bytes.subarray(16, 21);
  if (!PNG_DEPTHS.get(colourType)?.includes(depth)) return 'imageColoursImpossible';
  if (compression !== 0 || filter !== 0 || interlace > 1) return 'imageHeaderBroken';
  return sized('png', chunk.getUint32(8), chunk.getUint32(12));
}

/** The depths that each colour type may have: grey, RGB, palette, grey with alpha, RGB with alpha. */
const PNG_DEPTHS: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);

/** The checksum of a chunk's type and content. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** BITMAPFILEHEADER (14 bytes, of which the magic is read already), then a header whose length tells its version. */
function* readBmp(): Reader {
  const length = view(yield header(16)).getUint32(12, true);
  if (length !== BMP_CORE_HEADER && !BMP_INFO_HEADERS.has(length)) return 'imageHeaderBroken';
  const info = view(yield header(length - 4));
  if (length === BMP_CORE_HEADER) return sized('bmp', info.getUint16(0, true), info.getUint16(2, true));
  // A negative height means that the rows are stored from the top down.
  return sized('bmp', info.getInt32(0, true), Math.abs(info.getInt32(4, true)));
}

const BMP_CORE_HEADER = 12;
const BMP_INFO_HEADERS = new Set([16, 40, 52, 56, 64, 108, 124]);

/** ITU T.81: segments up to the frame header, which carries the size. */
function* readJpeg(): Reader {
  // Two bytes may match by chance; the 0xff after them tells a JPEG, so it belongs to the magic.
  if (byte(yield magic(1)) !== 0xff) return 'imageKindUnknown';
  const spare = { bytes: JPEG_SPARE_LIMIT };
  let marker = yield* readMarker(spare, true);
  for (let seen = 1; seen < JPEG_MARKER_LIMIT && marker !== undefined; seen++) {
    if (ENDS_WITHOUT_FRAME.has(marker)) return 'imageHeaderBroken';
    if (!STANDS_ALONE.has(marker)) {
      const length = view(yield header(2)).getUint16(0) - 2;
      if (isFrame(marker)) return yield* readFrame(length);
      if (length < 0) return 'imageHeaderBroken';
      if (length > 0) yield { skip: length, cutShort: 'imageHeaderBroken' };
    }
    marker = yield* readMarker(spare, false);
  }
  return 'imageHeaderBroken';
}

/**
 * Reads the next marker as libjpeg does, and so browsers and phones: other bytes before its 0xff are passed over, and so are
 * further 0xff (fill bytes) and 0xff00.
 *
 * @param spare how many bytes may still be passed over
 * @param begun whether the 0xff was read already
 * @returns undefined if too many bytes were passed over
 */
function* readMarker(
  spare: { bytes: number },
  begun: boolean,
): Generator<ReadStep, number | undefined, Uint8Array> {
  let afterFf = begun;
  for (; spare.bytes >= 0; spare.bytes--) {
    const found = byte(yield header(1));
    if (afterFf && found !== 0 && found !== 0xff) return found;
    // The 0xff of a marker is not spare.
    if (found === 0xff && !afterFf) spare.bytes++;
    afterFf = found === 0xff;
  }
  return undefined;
}

/** The frame has precision, height, width and the number of components; each component has three more bytes. */
function* readFrame(length: number): Reader {
  if (length < 6) return 'imageHeaderBroken';
  const frame = view(yield header(6));
  const [height, width, components] = [frame.getUint16(1), frame.getUint16(3), frame.getUint8(5)];
  if (components === 0 || length !== 6 + 3 * components) return 'imageHeaderBroken';
  yield { skip: 3 * components, cutShort: 'imageHeaderBroken' };
  return sized('jpg', width, height);
}

/**
 * Bytes between segments that belong to none, fill bytes included, before the frame header (contract 5.11). libjpeg has no limit;
 * files from cameras and editors have up to some thousands.
 */
const JPEG_SPARE_LIMIT = 65_536;
/**
 * Markers before the frame header. A large profile has 255, and an image has a handful of others; two million markers fit into
 * 2 MiB and would take a third of a second.
 */
const JPEG_MARKER_LIMIT = 4096;
/** TEM and RST0 to RST7 have no length. */
const STANDS_ALONE = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]);
/** A second SOI, EOI, or SOS: no frame header came before the data. */
const ENDS_WITHOUT_FRAME = new Set([0xd8, 0xd9, 0xda]);

/** SOF0 to SOF15, less DHT, JPG and DAC, which lie between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function sized(kind: ImageKind, width: number, height: number): ImageInfo | ImageFault {
  const possible = [width, height].every((side) => side > 0 && side <= IMAGE_SIDE_LIMIT);
  return possible ? { kind, width, height } : 'imageSizeImpossible';
}

function isSame(wanted: Uint8Array, found: Uint8Array): boolean {
  return wanted.length === found.length && wanted.every((value, at) => value === found[at]);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function byte(bytes: Uint8Array): number {
  return view(bytes).getUint8(0);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
