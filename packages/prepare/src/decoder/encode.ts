import type { Sharp } from 'sharp';
import type { Change } from '../changes.js';
import type { Size } from '../facts.js';
import { formatNames, type SourceFormat } from '../formats.js';
import { sameSize } from '../geometry.js';
import { kindChange } from '../planned-changes.js';
import type { PreparedKind, Rendering } from '../rendering.js';
import { type Encode, type Encoded, encodeWithin, type Rung } from './ladder.js';
import { open, type Pixels } from './render.js';

/**
 * Encodes pixels in the best quality that fits into the bytes.
 *
 * @throws PrepareError `CANNOT_FIT`
 */
export async function encodePixels(
  pixels: Pixels,
  { kinds, shrinkable }: Rendering,
  maxBytes: number,
): Promise<Encoded> {
  const encode: Encode = (rung, size) => writePixels(pixels, rung, size);
  if (!kinds.includes('jpg')) return encodeWithin(maxBytes, PNG_RUNGS, pixels, shrinkable, encode);
  if (kinds.includes('png')) {
    const { width, height } = pixels;
    const exact = { width, height, rung: EXACT_PNG, bytes: await encode(EXACT_PNG, pixels) };
    if (exact.bytes.length <= maxBytes) return exact;
  }
  return encodeWithin(maxBytes, JPG_RUNGS, pixels, shrinkable, encode);
}

/** The changes by encoding, beyond those of the plan. */
export function encodingChanges(
  format: SourceFormat,
  pixels: Pixels,
  { rung, width, height }: Encoded,
  rendering: Rendering,
): Change[] {
  const { colours, quality } = rung;
  const size = { fromWidth: pixels.width, fromHeight: pixels.height, width, height };
  return [
    // If only one kind was possible, the plan contains this change.
    ...(rendering.kinds.length > 1 ? [kindChange(formatNames[format], formatNames[rung.kind])] : []),
    ...(colours === undefined ? [] : [{ code: 'COLOURS_REDUCED', values: { colours } } as const]),
    ...(quality === undefined || quality === BEST_QUALITY
      ? []
      : [{ code: 'QUALITY_REDUCED', values: { quality } } as const]),
    ...(sameSize(size, pixels) ? [] : [{ code: 'SHRUNK_TO_FIT', values: size } as const]),
  ];
}

const BEST_QUALITY = 92;

/** Below quality 70, blocks become visible, and below 256 colours, bands: then reducing the size is better. */
const JPG_RUNGS: readonly [Rung, ...Rung[]] = [
  { kind: 'jpg', quality: BEST_QUALITY },
  ...[88, 84, 80, 75, 70].map((quality) => ({ kind: 'jpg', quality }) as const),
];
const EXACT_PNG: Rung = { kind: 'png' };
const PNG_RUNGS: readonly [Rung, ...Rung[]] = [EXACT_PNG, { kind: 'png', colours: 256 }];

function writePixels(pixels: Pixels, rung: Rung, { width, height }: Size): Promise<Buffer> {
  const image = open(pixels);
  if (!sameSize({ width, height }, pixels)) image.resize({ width, height, fit: 'fill' });
  return WRITERS[rung.kind](image, rung).toBuffer();
}

const WRITERS: Readonly<Record<PreparedKind, (image: Sharp, rung: Rung) => Sharp>> = {
  // High quality keeps the full colour resolution, since coupons have red letters, which subsampling blurs.
  jpg: (image, { quality = BEST_QUALITY }) =>
    image.jpeg({ quality, chromaSubsampling: quality >= 84 ? '4:4:4' : '4:2:0' }),
  png: (image, { colours }) =>
    image.png(colours === undefined ? EXACT : { palette: true, colours, quality: 100, effort: 4 }),
};

/** These options take twice the time of the defaults and halve the bytes of a gradient, so that fewer images lose colours. */
const EXACT = { compressionLevel: 9, adaptiveFiltering: true };
