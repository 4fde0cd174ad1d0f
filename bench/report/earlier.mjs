/** This state of the project beside an earlier one. */
import { EARLIER } from '../measure/earlier.mjs';
import { median } from '../measure/statistics.mjs';
import { spread, table } from './format.mjs';

/** @typedef {import('../chapters/earlier.mjs').State} State */

/** @type {readonly [what: string, value: (state: State) => number][]} */
const ROWS = [
  ...['10 KiB', '2 MiB'].flatMap((size) => [
    /** @type {[string, (state: State) => number]} */ ([
      `${size}, uploads/s`,
      ({ uploads }) => uploads[size]?.rate ?? Number.NaN,
    ]),
    /** @type {[string, (state: State) => number]} */ ([
      `${size}, CPU µs an upload`,
      ({ uploads }) => uploads[size]?.cpu ?? Number.NaN,
    ]),
  ]),
  ['`coupon-media serve`, exec to the first answered upload, ms', ({ start }) => start],
  ['the same, ms of processor time', ({ startCpu }) => startCpu / 1000],
  ['resident 5 s after that, MB', ({ rest }) => rest / 1e6],
  ['resident 30 s after a thousand uploads more, MB', ({ used }) => used / 1e6],
];

/** @param {readonly import('../chapters/earlier.mjs').EarlierRound[]} rounds */
export function earlierTable(rounds) {
  return table(
    ['', `at ${EARLIER}`, 'now', 'ratio, of each round'],
    ROWS.map(([what, value]) => {
      const ratios = rounds.map(({ earlier, now }) => value(now) / value(earlier));
      return [
        what,
        spread(rounds.map(({ earlier }) => value(earlier))),
        spread(rounds.map(({ now }) => value(now))),
        `${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
      ];
    }),
  );
}
