import { distanceAt } from './distance.mjs';

/** @typedef {import('./chromium.mjs').Drawn} Drawn */

/** Of all pixels, this share may be farther apart: edges differ from scaler to scaler. */
const EDGES = 0.1;

/**
 * @param {Drawn} one
 * @param {Drawn} other
 * @returns {number} the distance, 0 to 255, that nine of ten pixels keep within; Infinity if the sizes differ
 */
export function compare(one, other) {
  if (one.width !== other.width || one.height !== other.height) return Infinity;
  const distances = Array.from({ length: one.width * one.height }, (_, at) =>
    distanceAt(one.data, other.data, 4 * at),
  );
  distances.sort((first, second) => second - first);
  return distances[Math.floor(distances.length * EDGES)] ?? 0;
}
