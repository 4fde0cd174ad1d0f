/** Where the time goes, largest first. */
import { count, table } from './format.mjs';

/** Microseconds below which a row says nothing. */
const NEGLIGIBLE = 0.5;

/**
 * @param {readonly import('../chapters/profile.mjs').Profile[]} profiles
 * @returns {string}
 */
export function profileTable(profiles) {
  const [first] = profiles;
  const names = Object.keys(first?.buckets ?? {})
    .filter((name) => profiles.some(({ buckets }) => (buckets[name] ?? 0) >= NEGLIGIBLE))
    .sort((a, b) => (first?.buckets[b] ?? 0) - (first?.buckets[a] ?? 0));
  const rows = [
    ['thread pool and helper threads', ...profiles.map(({ others }) => count(others))],
    ...names.map((name) => [`main: ${name}`, ...profiles.map(({ buckets }) => count(buckets[name] ?? 0))]),
    ['**all**', ...profiles.map(({ others, buckets }) => count(others + sum(Object.values(buckets))))],
  ];
  return table(['µs of processor time an upload', ...profiles.map(({ size }) => size)], rows);
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
