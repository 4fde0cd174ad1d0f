import { type ColourSpace, D65, isPossible, isSrgb, type Primaries, type Xy } from '../colour/space.js';

/** What the headers of versions 4 and 5 say about the colours. */
export interface BmpColours {
  /** The embedded ICC profile. */
  readonly profile: Buffer | undefined;
  /** Calibrated colours, if they are not sRGB. */
  readonly colours: ColourSpace | undefined;
}

/**
 * Reads bV4CSType and what belongs to it. sRGB, Windows' own colours and a profile that is only linked are taken as sRGB, as
 * browsers do.
 *
 * @param length that of the header: 108 for version 4, 124 for version 5
 */
export function readBmpColours(bytes: Buffer, length: number): BmpColours {
  const type = length >= 108 ? bytes.readUInt32LE(70) : undefined;
  return {
    profile: length === 124 && type === EMBEDDED ? embedded(bytes) : undefined,
    colours: type === CALIBRATED ? calibrated(bytes) : undefined,
  };
}

const CALIBRATED = 0;
/** 'MBED'. */
const EMBEDDED = 0x4d424544;

/** The offset counts from the header, which stands after 14 bytes. */
function embedded(bytes: Buffer): Buffer | undefined {
  const start = 14 + bytes.readUInt32LE(126);
  const end = start + bytes.readUInt32LE(130);
  const profile = bytes.subarray(start, end);
  const whole = end <= bytes.length && profile.length >= 128 && profile.readUInt32BE(0) <= profile.length;
  return whole && profile.toString('latin1', 16, 20) === 'RGB ' ? profile : undefined;
}

/** Many programs write this type with zeros behind it, and mean sRGB. */
function calibrated(bytes: Buffer): ColourSpace | undefined {
  const primaries = { red: xyAt(bytes, 74), green: xyAt(bytes, 86), blue: xyAt(bytes, 98) };
  const [red, green, blue] = [110, 114, 118].map((at) => bytes.readUInt32LE(at) / 0x1_0000) as [
    number,
    number,
    number,
  ];
  const white = whiteOf(bytes);
  if (!primaries.red || !primaries.green || !primaries.blue || !white) return undefined;
  const whole: Primaries = { red: primaries.red, green: primaries.green, blue: primaries.blue, white };
  const written = (red + green + blue) / 3;
  // Some programs write the reciprocal, 1/2.2; no screen has a gamma below 1.
  const gamma = written > 0 && written < 1 ? 1 / written : written;
  if (!isPossible(whole) || gamma < 0.1 || gamma > 10 || isSrgb(whole, gamma)) return undefined;
  return { name: 'calibrated RGB', primaries: whole, toLight: (value) => value ** gamma };
}

/** Three numbers of 2.30 bits: X, Y, Z. */
function xyzAt(bytes: Buffer, at: number): [number, number, number] {
  const unit = 2 ** 30;
  return [
    bytes.readUInt32LE(at) / unit,
    bytes.readUInt32LE(at + 4) / unit,
    bytes.readUInt32LE(at + 8) / unit,
  ];
}

function xyAt(bytes: Buffer, at: number): Xy | undefined {
  return toXy(xyzAt(bytes, at));
}

/** White is the sum of the three primaries. Some programs write chromaticities instead, each of which sums up to 1 and says nothing of white. */
function whiteOf(bytes: Buffer): Xy | undefined {
  const [red, green, blue] = [xyzAt(bytes, 74), xyzAt(bytes, 86), xyzAt(bytes, 98)];
  if ([red, green, blue].every(([x, y, z]) => Math.abs(x + y + z - 1) < 0.001)) return D65;
  return toXy([red[0] + green[0] + blue[0], red[1] + green[1] + blue[1], red[2] + green[2] + blue[2]]);
}

function toXy([x, y, z]: [number, number, number]): Xy | undefined {
  const sum = x + y + z;
  return sum > 0 ? [x / sum, y / sum] : undefined;
}
