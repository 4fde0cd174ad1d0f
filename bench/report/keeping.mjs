/** What the commands that keep a store take. */
import { EARLIER } from '../measure/earlier.mjs';
import { median } from '../measure/statistics.mjs';
import { count, spread, table } from './format.mjs';

/** @typedef {import('../chapters/keeping.mjs').Keeping} Keeping */

/** @type {[string, 'check' | 'list' | 'backup'][]} */
const ROWS = [
  ['`store check --deep`', 'check'],
  ['`store list --filename`', 'list'],
  ['`store backup`', 'backup'],
];

/** @param {readonly Keeping[]} rounds */
export function keepingTable(rounds) {
  const seconds = (/** @type {number[]} */ times) => spread(times.map((time) => time / 1000));
  const rows = ROWS.map(([label, what]) => [
    label,
    seconds(rounds.map((round) => round[what].earlier)),
    seconds(rounds.map((round) => round[what].now)),
    keptBeside(rounds, what).toFixed(2),
  ]);
  const copies = seconds(rounds.map(({ copy }) => copy));
  return (
    `${table([`${count(rounds[0]?.images ?? 0)} images of 10 KiB, seconds`, `at ${EARLIER}`, 'now', 'ratio'], rows)}\n\n` +
    `\`cp -r\` and a sync of the same folder: ${copies} s; a backup takes ${backupBeside(rounds).toFixed(2)} of that.`
  );
}

/**
 * @param {readonly Keeping[]} rounds
 * @param {'check' | 'list' | 'backup'} what
 */
export function keptBeside(rounds, what) {
  return median(rounds.map((round) => round[what].now / round[what].earlier));
}

/** @param {readonly Keeping[]} rounds */
export function backupBeside(rounds) {
  return median(rounds.map(({ backup, copy }) => backup.now / copy));
}
