/** The table of the client rounds. */
import { clients } from '../chapters/clients.mjs';
import { median } from '../measure/statistics.mjs';
import { count, spread, table, times } from './format.mjs';

/** @typedef {import('../chapters/clients.mjs').ClientResults} ClientResults */

/**
 * @param {ClientResults} results
 * @returns {string}
 */
export function clientsTable(results) {
  const head = ['', ...results.flatMap(({ size }) => [`${size}: uploads/s`, 'CPU µs', 'ours is'])];
  const rows = clients.map(({ name, label }) => [
    label,
    ...results.flatMap(({ size, rounds }) => [
      spread(rounds.map((round) => round[name]?.rate ?? Number.NaN)),
      count(median(rounds.map((round) => round[name]?.cpu ?? Number.NaN))),
      name === 'ours' ? '' : times(ourClientBeside(results, size, name)),
    ]),
  ]);
  return table(head, rows);
}

/**
 * @param {ClientResults} results
 * @param {string} size
 * @param {string} other
 * @returns {number[]} how many times as fast ours is, round by round
 */
export function ourClientBeside(results, size, other) {
  const rounds = results.find((each) => each.size === size)?.rounds ?? [];
  return rounds.map((round) => (round.ours?.rate ?? Number.NaN) / (round[other]?.rate ?? Number.NaN));
}

/**
 * @param {ClientResults} results
 * @param {string} size
 * @param {string} other
 * @returns {number} the processor time of ours, of the other one's
 */
export function ourTimeBeside(results, size, other) {
  const rounds = results.find((each) => each.size === size)?.rounds ?? [];
  return median(rounds.map((round) => (round.ours?.cpu ?? Number.NaN) / (round[other]?.cpu ?? Number.NaN)));
}
