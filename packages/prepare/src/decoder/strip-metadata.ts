import { stripJpeg } from '../metadata/jpeg.js';
import { stripPng } from '../metadata/png.js';

/** A picture file without what is no picture. Its pixels are the same bytes as before. */
export interface Stripped {
  readonly bytes: Buffer;
  /** What was taken out, each name once: 'EXIF', 'XMP'. Empty when there was nothing, and the bytes are the source's. */
  readonly removed: readonly string[];
  /** Frames that the file held; one is left. */
  readonly frames: number;
}

/**
 * Takes metadata out of a JPG or PNG without decoding it: names of people, places, cameras and programs, thumbnails, what
 * hides behind the picture's end. Colour profiles stay.
 *
 * @param exif whether EXIF stays, and with it the orientation; default: it goes
 * @returns undefined where the file is not built as the format says; a decoder may still read it
 */
export function stripMetadata(
  format: 'jpg' | 'png',
  bytes: Buffer,
  exif: 'remove' | 'keep' = 'remove',
): Stripped | undefined {
  return STRIPPERS[format](bytes, (name) => name === 'EXIF' && exif === 'keep');
}

const STRIPPERS = { jpg: stripJpeg, png: stripPng };
