/** What help and completion cost, of an empty program of Node in the same round. */
import { EARLIER } from '../measure/earlier.mjs';
import { median } from '../measure/statistics.mjs';
import { spread, table } from './format.mjs';

/** @typedef {import('../chapters/commands.mjs').CommandRound} CommandRound */

/** @param {readonly CommandRound[]} rounds */
export function commandsTable(rounds) {
  const empty = rounds.map(({ node }) => node / 1000);
  return table(
    ['ms of processor time', `at ${EARLIER}`, 'now', `of \`node -e 0\`: at ${EARLIER}`, 'now'],
    [
      ['`node -e 0`', '', spread(empty), '', '1.00'],
      ...Object.keys(rounds[0]?.commands ?? {}).map((typed) => {
        const [before, now] = [timesOf(rounds, typed, 'earlier'), timesOf(rounds, typed, 'now')];
        return [
          `\`coupon-media ${typed}\``,
          shown(before),
          shown(now),
          share(before, empty),
          share(now, empty),
        ];
      }),
    ],
  );
}

/**
 * @param {readonly CommandRound[]} rounds
 * @param {string} typed
 * @param {'earlier' | 'now'} state
 * @returns {number[]} milliseconds; none where that state has no such command
 */
function timesOf(rounds, typed, state) {
  return rounds.flatMap(({ commands }) => {
    const time = commands[typed]?.[state];
    return time === undefined ? [] : [time / 1000];
  });
}

/** @param {number[]} times */
function shown(times) {
  return times.length === 0 ? '–' : spread(times);
}

/** @param {number[]} times @param {number[]} empty */
function share(times, empty) {
  return times.length === 0 ? '–' : median(times.map((time, round) => time / (empty[round] ?? 0))).toFixed(2);
}
