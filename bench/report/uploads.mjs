/** The table of the upload rounds, the floor, and the ratios for the targets. */
import { servers } from '../chapters/uploads.mjs';
import { median } from '../measure/statistics.mjs';
import { count, spread, table, times } from './format.mjs';

/** @typedef {import('../chapters/uploads.mjs').UploadResults} UploadResults */
/** @typedef {import('../chapters/uploads.mjs').UploadRound} UploadRound */

/**
 * @param {UploadResults} results
 * @returns {string}
 */
export function uploadsTable(results) {
  const head = ['', ...results.flatMap(({ size }) => [`${size}: uploads/s`, 'CPU µs', 'ours is'])];
  const rows = servers.map(({ name, label }) => [
    label,
    ...results.flatMap(({ rounds }) => [
      spread(rounds.map((round) => rateOf(round, name))),
      count(median(rounds.map((round) => round.servers[name]?.cpu ?? Number.NaN))),
      name === 'ours' ? '' : times(rounds.map((round) => rateOf(round, 'ours') / rateOf(round, name))),
    ]),
  ]);
  return table(head, rows);
}

/**
 * @param {UploadResults} results
 * @returns {string}
 */
export function floorTable(results) {
  const head = ['µs of processor time an upload', ...results.map(({ size }) => size)];
  /** @type {[string, (round: UploadRound) => number][]} */
  const parts = [
    ['RSA-2048 signature', ({ parts }) => parts.sign],
    ['RSA-2048 verification', ({ parts }) => parts.verify],
    ['SHA-256 of the image', ({ parts }) => parts.hash],
    ['node:http, body dropped', (round) => round.servers['bare-http']?.cpu ?? Number.NaN],
    ['write and fsync of the image', ({ parts }) => parts.write],
    ['**the floor: their sum**', floorTime],
    ['the floor as one bare server', (round) => round.servers.floor?.cpu ?? Number.NaN],
    ['ours, durable', (round) => round.servers.ours?.cpu ?? Number.NaN],
    ['ours, storing nothing', (round) => round.servers['ours-storing-nothing']?.cpu ?? Number.NaN],
  ];
  const rows = parts.map(([label, value]) => [
    label,
    ...results.map(({ rounds }) => count(median(rounds.map(value)))),
  ]);
  const signatures = results.flatMap(({ rounds }) => rounds.map(({ openssl }) => openssl));
  return `${table(head, rows)}\n\n\`openssl speed rsa2048\` on that core: ${spread(signatures)} signatures/s.`;
}

/** Microseconds. @param {UploadRound} round */
function floorTime({ parts, servers: measured }) {
  const { sign, verify, hash, write } = parts;
  return sign + verify + hash + write + (measured['bare-http']?.cpu ?? Number.NaN);
}

/**
 * Ratios within each round.
 * @param {UploadResults} results
 * @param {string} size
 * @param {'floor' | 'openssl' | string} other the floor, openssl, or a server
 * @returns {number[]} how many times as fast ours is
 */
export function oursBeside(results, size, other) {
  const rounds = results.find((each) => each.size === size)?.rounds ?? [];
  /** @param {UploadRound} round */
  const rate = (round) => {
    if (other === 'openssl') return round.openssl;
    return other === 'floor' ? 1e6 / floorTime(round) : rateOf(round, other);
  };
  return rounds.map((round) => rateOf(round, 'ours') / rate(round));
}

/**
 * @param {UploadRound} round
 * @param {string} name
 */
function rateOf(round, name) {
  return round.servers[name]?.rate ?? Number.NaN;
}
