import { PrepareError } from '../errors.js';
import type { Size } from '../facts.js';
import { formatNames } from '../formats.js';
import { scaled } from '../geometry.js';
import type { PreparedKind } from '../rendering.js';

/** One setting of the encoder. */
export interface Rung {
  readonly kind: PreparedKind;
  /** JPG: 1 to 100. */
  readonly quality?: number;
  /** PNG: at most this many colours. Default: all of them. */
  readonly colours?: number;
}

export interface Encoded extends Size {
  readonly bytes: Buffer;
  readonly rung: Rung;
}

/** Encodes an image with a setting and at a size. */
export type Encode = (rung: Rung, size: Size) => Promise<Buffer>;

/**
 * Finds the best encoding that fits into the bytes. It reduces the quality first, and after the last rung the size, down to a
 * minimum.
 *
 * @param rungs the settings of one kind, the best first
 * @param shrinkable whether the size may be reduced
 * @throws PrepareError `CANNOT_FIT`, with the smallest result
 */
export async function encodeWithin(
  maxBytes: number,
  rungs: readonly [Rung, ...Rung[]],
  size: Size,
  shrinkable: boolean,
  encode: Encode,
): Promise<Encoded> {
  const at: At = async (rung, { width, height }) => {
    return { width, height, rung, bytes: await encode(rung, { width, height }) };
  };
  const fits: Fits = ({ bytes }) => bytes.length <= maxBytes;
  const least = shrinkable ? smallest(size) : size;

  const [best, ...others] = rungs;
  const first = await shrinkTo(QUALITY_BRIDGES * maxBytes, await at(best, size), least, at);
  if (fits(first)) return first;
  const floor = others.at(-1);
  const last = floor ? await at(floor, first) : first;
  if (fits(last)) {
    const better = await firstFitting(others.slice(0, -1), (rung) => at(rung, last), fits);
    return better ?? last;
  }
  const shrunk = await shrinkTo(maxBytes, last, least, at);
  if (fits(shrunk)) return shrunk;
  const { bytes, rung, width, height } = shrunk;
  const values = { bytes: bytes.length, limit: maxBytes, width, height, kind: formatNames[rung.kind] };
  throw new PrepareError('CANNOT_FIT', values);
}

/** Reducing the quality does not save more than this factor; more attempts would take long and fail. */
const QUALITY_BRIDGES = 4;

type At = (rung: Rung, size: Size) => Promise<Encoded>;
type Fits = (encoded: Encoded) => boolean;

/** Finds the first rung that fits by binary search, since lower rungs give fewer bytes. */
async function firstFitting(
  rungs: readonly Rung[],
  at: (rung: Rung) => Promise<Encoded>,
  fits: Fits,
): Promise<Encoded | undefined> {
  const middle = Math.floor(rungs.length / 2);
  const rung = rungs[middle];
  if (!rung) return undefined;
  const encoded = await at(rung);
  if (!fits(encoded)) return firstFitting(rungs.slice(middle + 1), at, fits);
  return (await firstFitting(rungs.slice(0, middle), at, fits)) ?? encoded;
}

/** Reduces the size until the image fits into the bytes or reaches the minimum. */
async function shrinkTo(maxBytes: number, encoded: Encoded, least: Size, at: At): Promise<Encoded> {
  const { rung, width, height, bytes } = encoded;
  if (bytes.length <= maxBytes || width <= least.width || height <= least.height) return encoded;
  // The bytes are nearly proportional to the area, so two or three steps are enough.
  const next = scaled(encoded, 0.97 * Math.sqrt(maxBytes / bytes.length), encoded);
  const tooSmall = next.width < least.width || next.height < least.height;
  return shrinkTo(maxBytes, await at(rung, tooSmall ? least : next), least, at);
}

/** A smaller image is of no use for a coupon. */
const LEAST_SIDE = 240;

function smallest(size: Size): Size {
  const factor = LEAST_SIDE / Math.min(size.width, size.height);
  return factor >= 1 ? size : scaled(size, factor, size);
}
