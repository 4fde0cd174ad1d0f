/** Images served, beside what people would use instead. */
import { median } from '../measure/statistics.mjs';
import { count, spread, table, times } from './format.mjs';

/** @typedef {import('../chapters/images.mjs').ImagesResult} ImagesResult */

const LABELS = {
  ours: 'coupon-media',
  'fastify-static': '@fastify/static',
  'bare-304': 'node:http, 304 and nothing else',
  nginx: 'nginx, one process',
};

/** @param {readonly ImagesResult[]} results */
export function imagesTable(results) {
  const head = ['', ...results.flatMap(({ what }) => [`${what}: requests/s`, 'CPU µs', 'ours is'])];
  const rows = Object.entries(LABELS).map(([name, label]) => [
    label,
    ...results.flatMap(({ what, rounds }) => {
      const own = rounds.flatMap((round) => round[name] ?? []);
      if (own.length === 0) return ['–', '', ''];
      return [
        spread(own.map(({ rate }) => rate)),
        count(median(own.map(({ cpu }) => cpu))),
        name === 'ours' ? '' : times(imagesBeside(results, what, name)),
      ];
    }),
  ]);
  return table(head, rows);
}

/**
 * @param {readonly ImagesResult[]} results
 * @param {string} what
 * @param {string} other
 * @returns {number[]} how many times as fast ours is, round by round
 */
export function imagesBeside(results, what, other) {
  const rounds = results.find((each) => each.what === what)?.rounds ?? [];
  return rounds.map((round) => (round.ours?.rate ?? Number.NaN) / (round[other]?.rate ?? Number.NaN));
}
