/** The end of a long run beside its beginning. */
import { median } from '../measure/statistics.mjs';
import { count, table } from './format.mjs';

/** @typedef {import('../chapters/soak.mjs').Stretch} Stretch */

/** Minutes that are looked at together, since each alone shows what the disk did in it. */
const TOGETHER = 5;

/** @param {readonly Stretch[]} stretches */
export function soakTable(stretches) {
  const parts = [stretches.slice(0, TOGETHER), stretches.slice(-TOGETHER)];
  /** @param {(stretch: Stretch) => number} of */
  const both = (of) => parts.map((part) => count(median(part.map(of))));
  return table(
    [
      `${Math.round(stretches.at(-1)?.minute ?? 0)} minutes at 200 uploads/s of 10 KiB`,
      'first minutes',
      'last minutes',
    ],
    [
      ['resident, MB', ...both(({ memory }) => memory / 1e6)],
      ['descriptors', ...both(({ descriptors }) => descriptors)],
      ['p50, ms', ...both(({ p50 }) => p50)],
      ['p99, ms', ...both(({ p99 }) => p99)],
    ],
  );
}
