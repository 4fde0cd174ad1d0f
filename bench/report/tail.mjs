/** The longest waits beside those of an earlier state. */
import { EARLIER } from '../measure/earlier.mjs';
import { median } from '../measure/statistics.mjs';
import { count, spread, table } from './format.mjs';

/** @typedef {import('../chapters/tail.mjs').Tail} Tail */
/** @typedef {import('../chapters/tail.mjs').Waits} Waits */

/** @type {[string, keyof Waits][]} */
const ROWS = [
  ['p50, ms', 'p50'],
  ['p99, ms', 'p99'],
  ['longest, ms', 'most'],
  ['p99 of a write and its sync beside it, ms', 'disk'],
];

/** @param {readonly Tail[]} tails */
export function tailTable(tails) {
  const rows = tails.flatMap(({ size, rate, rounds }) =>
    ROWS.map(([what, of]) => [
      `${size} at ${count(rate)} a second: ${what}`,
      spread(rounds.map(({ earlier }) => earlier[of])),
      spread(rounds.map(({ now }) => now[of])),
      median(rounds.map(({ earlier, now }) => now[of] / earlier[of])).toFixed(2),
    ]),
  );
  return table(['', `at ${EARLIER}`, 'now', 'ratio, median of the rounds'], rows);
}

/**
 * @param {readonly Tail[]} tails
 * @param {string} size
 */
export function tailBeside(tails, size) {
  const rounds = tails.find((tail) => tail.size === size)?.rounds ?? [];
  return median(rounds.map(({ earlier, now }) => now.p99 / earlier.p99));
}
