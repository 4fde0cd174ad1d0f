import { jpegSegments, SOS } from './segments.js';

/** The frame header of a JPG (ITU T.81, B.2.2). */
export interface Frame {
  /** SOF0 to SOF15; 0xf7 for JPEG-LS. */
  readonly marker: number;
  /** Bits of a component. */
  readonly precision: number;
  readonly height: number;
  readonly components: number;
}

/** @returns undefined if none comes before the first scan */
export function readFrame(jpg: Buffer): Frame | undefined {
  for (const { marker, start, end } of jpegSegments(jpg)) {
    if (marker === SOS) return undefined;
    if (!isFrame(marker) || end - start < 10) continue;
    return {
      marker,
      precision: jpg.readUInt8(start + 4),
      height: jpg.readUInt16BE(start + 5),
      components: jpg.readUInt8(start + 9),
    };
  }
  return undefined;
}

/** Less DHT, JPG and DAC, which lie between them. */
function isFrame(marker: number): boolean {
  if (marker === JPEG_LS) return true;
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** SOF55 of ISO/IEC 14495. */
export const JPEG_LS = 0xf7;
