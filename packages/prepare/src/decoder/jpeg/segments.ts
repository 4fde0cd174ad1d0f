/** A marker segment of a JPG. A scan includes its entropy-coded data. */
export interface Segment {
  readonly marker: number;
  /** From the 0xff of the marker. */
  readonly start: number;
  readonly end: number;
  /** Bytes before it that belong to no segment; fill bytes count beyond the few that programs write. */
  readonly stray: number;
}

/**
 * Walks through the segments of a JPG after SOI as libjpeg and every browser do (ITU T.81, B.1.1): between segments they skip
 * what is no marker, and any number of fill bytes.
 *
 * @returns whether EOI came, which is the last segment given
 */
export function* jpegSegments(jpg: Buffer): Generator<Segment, boolean> {
  for (let at = 2; ; ) {
    const start = nextMarker(jpg, at);
    const marker = jpg[start + 1];
    if (start < 0 || marker === undefined) return false;
    const end = endOf(jpg, start, marker);
    if (end === undefined) return false;
    yield { marker, start, end, stray: strayBytes(jpg, at, start) };
    if (marker === EOI) return true;
    at = end;
  }
}

export const SOS = 0xda;
export const EOI = 0xd9;

/** Finds the last 0xff before a byte that is neither 0xff nor 0. */
function nextMarker(jpg: Buffer, from: number): number {
  for (let at = jpg.indexOf(0xff, from); at >= 0; at = jpg.indexOf(0xff, at + 1)) {
    const next = jpg[at + 1];
    if (next !== 0 && next !== 0xff) return at;
  }
  return -1;
}

function strayBytes(jpg: Buffer, from: number, start: number): number {
  const isFill = jpg.subarray(from, start).every((byte) => byte === 0xff);
  return isFill && start - from <= MOST_FILL ? 0 : start - from;
}

/** Fill bytes that a reader with a bound certainly takes. */
const MOST_FILL = 16;

function endOf(jpg: Buffer, start: number, marker: number): number | undefined {
  if (marker === EOI || STANDS_ALONE.has(marker)) return start + 2;
  return marker === SOS ? endOfScan(jpg, start) : endOfSegment(jpg, start);
}

/** TEM and RST0 to RST7 have no length. */
const STANDS_ALONE = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]);

function endOfSegment(jpg: Buffer, at: number): number | undefined {
  if (at + 4 > jpg.length) return undefined;
  const end = at + 2 + jpg.readUInt16BE(at + 2);
  return end >= at + 4 && end < jpg.length ? end : undefined;
}

/** In the data 0xff is followed by 0x00, or by one of the eight restart markers. */
function endOfScan(jpg: Buffer, at: number): number | undefined {
  let end = endOfSegment(jpg, at);
  while (end !== undefined) {
    const found = jpg.indexOf(0xff, end);
    const next = jpg[found + 1];
    if (found < 0 || next === undefined) return undefined;
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return found;
    end = found + 2;
  }
  return undefined;
}
