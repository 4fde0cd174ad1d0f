/** Statistics of repeated runs. */

/** @typedef {{ median: number, low: number, high: number }} Summary */

/**
 * @param {readonly number[]} values at least one
 * @returns {Summary}
 */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: sorted[0] ?? Number.NaN, high: sorted.at(-1) ?? Number.NaN };
}

/** @param {readonly number[]} values */
export function median(values) {
  return summary(values).median;
}

/**
 * @param {readonly number[]} sorted ascending
 * @param {number} share from 0 to 1; between two values, what lies between them
 */
export function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
