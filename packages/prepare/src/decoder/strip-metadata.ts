import { EOI, jpegSegments } from './jpeg/segments.js';

/** An image file without metadata. The bytes of its pixels are unchanged. */
export interface Stripped {
  readonly bytes: Buffer;
  /** The removed kinds, each once: 'EXIF', 'XMP'. If it is empty, the bytes are those of the source. */
  readonly removed: readonly string[];
  /** The number of frames in the source; one is left. */
  readonly frames: number;
}

/**
 * Removes metadata from a JPG or PNG without decoding it: names of people, places, cameras and programs, thumbnails, and data
 * after the image's end. Colour profiles stay.
 *
 * @param exif whether EXIF stays, and with it the orientation; default: it is removed
 * @returns undefined if the file does not have the structure of the format; a decoder may still read it
 */
export function stripMetadata(
  format: 'jpg' | 'png',
  bytes: Buffer,
  exif: 'remove' | 'keep' = 'remove',
): Stripped | undefined {
  return STRIPPERS[format](bytes, (name) => name === 'EXIF' && exif === 'keep');
}

const STRIPPERS = { jpg: stripJpeg, png: stripPng };

function stripJpeg(bytes: Buffer, isKept: (name: string) => boolean): Stripped | undefined {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  const removed = new Set<string>();
  const walk = jpegSegments(bytes);
  let step = walk.next();
  for (; !step.done; step = walk.next()) {
    const { marker, start, end, stray } = step.value;
    const name = metadataName(marker, bytes.subarray(start + 4, end));
    if (name === undefined || isKept(name)) kept.push(bytes.subarray(start, end));
    else removed.add(name);
    if (stray > 0) removed.add('stray bytes');
    if (marker === EOI && end < bytes.length) removed.add('data after the end');
  }
  const complete = step.value;
  if (!complete) return undefined;
  return { bytes: removed.size > 0 ? Buffer.concat(kept) : bytes, removed: [...removed], frames: 1 };
}

/** @returns the kind of a segment that is not part of the image */
function metadataName(marker: number, content: Buffer): string | undefined {
  if (marker === COMMENT) return 'comment';
  if (marker < APP0 || marker > APP15) return undefined;
  const row = SEGMENTS.find(
    ({ app, begins }) => marker === APP0 + app && content.toString('latin1', 0, begins.length) === begins,
  );
  return row ? row.name : `APP${marker - APP0}`;
}

const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP15 = 0xef;

/** Segments without a name are needed by decoders and stay. */
const SEGMENTS: readonly { app: number; begins: string; name?: string }[] = [
  { app: 0, begins: 'JFIF\0' },
  { app: 0, begins: 'JFXX\0', name: 'thumbnail' },
  { app: 1, begins: 'Exif\0', name: 'EXIF' },
  { app: 1, begins: 'http://ns.adobe.com/', name: 'XMP' },
  { app: 2, begins: 'ICC_PROFILE\0' },
  { app: 2, begins: 'MPF\0', name: 'further images' },
  { app: 13, begins: 'Photoshop', name: 'IPTC' },
  { app: 14, begins: 'Adobe' },
];

/** ISO/IEC 15948: chunks of length, type, content and checksum, from IHDR to IEND. */
function stripPng(bytes: Buffer, isKept: (name: string) => boolean): Stripped | undefined {
  const kept: Buffer[] = [bytes.subarray(0, SIGNATURE)];
  const removed = new Set<string>();
  let frames = 1;
  for (let at = SIGNATURE; at + 12 <= bytes.length; ) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length || !/^[A-Za-z]{4}$/.test(type)) return undefined;
    if (type === 'acTL' && end - at >= 20) frames = Math.max(frames, bytes.readUInt32BE(at + 8));
    const name = NAMES.get(type) ?? type;
    if (KEPT.has(type) || isKept(name)) kept.push(bytes.subarray(at, end));
    else if (isCritical(type)) return undefined;
    else removed.add(name);
    at = end;
    if (type !== 'IEND') continue;
    if (at < bytes.length) removed.add('data after the end');
    return { bytes: removed.size > 0 ? Buffer.concat(kept) : bytes, removed: [...removed], frames };
  }
  return undefined;
}

const SIGNATURE = 8;

/** The chunks on which pixels and colours depend. */
const KEPT = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS'],
  ...['sRGB', 'gAMA', 'cHRM', 'iCCP', 'cICP', 'mDCV', 'cLLI', 'sBIT', 'pHYs'],
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['eXIf', 'EXIF'],
  ['tEXt', 'text'],
  ['zTXt', 'text'],
  ['iTXt', 'text'],
  ['tIME', 'time'],
  ['acTL', 'animation'],
  ['fcTL', 'animation'],
  ['fdAT', 'animation'],
  ['caBX', 'C2PA'],
]);

/** The first letter of a critical chunk is upper case: a decoder that does not know it must not show the image. */
function isCritical(type: string): boolean {
  return type.charCodeAt(0) < 0x60;
}
