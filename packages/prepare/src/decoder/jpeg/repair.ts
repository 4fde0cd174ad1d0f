import type { Frame } from './frame.js';
import { EOI, jpegSegments, SOS } from './segments.js';

/**
 * Puts right what libjpeg warns about although it reads it: a revision of JFIF or a transform of Adobe that it does not know,
 * parameters of a sequential scan, bytes between segments, a missing end. libjpeg reports one warning only, so that a slight one would hide that half
 * of the image is missing.
 */
export function repairJpeg(jpg: Buffer, frame: Frame | undefined): { bytes: Buffer; complete: boolean } {
  const pieces: Buffer[] = [jpg.subarray(0, 2)];
  let changed = false;
  let read = 2;
  const walk = jpegSegments(jpg);
  let step = walk.next();
  for (; !step.done; step = walk.next()) {
    const { marker, start, end, stray } = step.value;
    const patches = REPAIRS.filter((row) => row.marker === marker).flatMap((row) =>
      row.repair(jpg, start, frame),
    );
    changed ||= stray > 0 || patches.length > 0;
    pieces.push(patched(jpg.subarray(start, end), start, patches));
    read = end;
  }
  const complete = step.value;
  if (complete && !changed) return { bytes: jpg, complete };
  // The last scan of a file without an end is no segment, since nothing shows where it ends.
  if (!complete) pieces.push(jpg.subarray(Math.max(read, jpg.indexOf(0xff, read))), END);
  return { bytes: Buffer.concat(pieces), complete };
}

function patched(segment: Buffer, start: number, patches: readonly Patch[]): Buffer {
  if (patches.length === 0) return segment;
  const copy = Buffer.from(segment);
  for (const { at, bytes } of patches) copy.set(bytes, at - start);
  return copy;
}

const END = Buffer.from([0xff, EOI]);

interface Patch {
  readonly at: number;
  readonly bytes: readonly number[];
}

type Repair = (jpg: Buffer, start: number, frame: Frame | undefined) => Patch[];

const REPAIRS: readonly { marker: number; repair: Repair }[] = [
  {
    // After the length come 'JFIF', a zero, and the revision: 1.00 to 1.02.
    marker: 0xe0,
    repair: (jpg, start) =>
      jpg.toString('latin1', start + 4, start + 9) === 'JFIF\0' && jpg[start + 9] !== 1
        ? [{ at: start + 9, bytes: [1, 1] }]
        : [],
  },
  {
    // After the length come 'Adobe', two bytes of version, four of flags, and the transform: 0 none, 1 YCbCr, 2 YCCK.
    marker: 0xee,
    repair: (jpg, start, frame) =>
      jpg.toString('latin1', start + 4, start + 9) === 'Adobe' && (jpg[start + 15] ?? 0) > 2
        ? [{ at: start + 15, bytes: [frame?.components === 4 ? 2 : 1] }]
        : [],
  },
  {
    // After the length come a count, two bytes for each component, and the first and last coefficient and their bits.
    marker: SOS,
    repair: (jpg, start, frame) => {
      const at = start + 5 + 2 * (jpg[start + 4] ?? 0);
      const usual = jpg[at] === 0 && jpg[at + 1] === 63 && jpg[at + 2] === 0;
      return isSequential(frame) && !usual && at + 3 <= start + 2 + jpg.readUInt16BE(start + 2)
        ? [{ at, bytes: [0, 63, 0] }]
        : [];
    },
  },
];

/** SOF0, SOF1 and SOF9: a scan has all coefficients. */
function isSequential(frame: Frame | undefined): boolean {
  return frame !== undefined && [0xc0, 0xc1, 0xc9].includes(frame.marker);
}
