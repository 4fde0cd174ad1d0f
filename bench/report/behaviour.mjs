/** Latency, memory, start-up, growth and cores, a line each; and where the processor's time goes. */
import { median, summary } from '../measure/statistics.mjs';
import { count, megabytes, spread, table, times } from './format.mjs';

/** @param {readonly import('../chapters/latency.mjs').Latency[]} runs */
export function latencyTable(runs) {
  const sizes = [...new Set(runs.map(({ size }) => size))];
  const rows = sizes.map((size) => {
    const own = runs.filter((run) => run.size === size);
    /** @param {'rate' | 'p50' | 'p99' | 'most'} what */
    const middle = (what) => count(median(own.map((run) => run[what])));
    return [size, middle('rate'), `${middle('p50')} ms`, `${middle('p99')} ms`, `${middle('most')} ms`];
  });
  return table(['half load', 'uploads/s', 'p50', 'p99', 'longest'], rows);
}

/** @param {import('../chapters/memory.mjs').Memory} memory */
export function memoryLine({ uploads, idle, most }) {
  return `At rest ${megabytes(idle)} resident; with ${uploads} slow uploads of 2 MiB open at most ${megabytes(most)}: ${megabytes(most - idle)} more.`;
}

/** @param {readonly number[]} starts milliseconds */
export function startLine(starts) {
  const { median: middle, low, high } = summary(starts);
  return `From \`coupon-media serve\` to the first answered upload: ${count(middle)} ms (${count(low)} to ${count(high)}).`;
}

/** @param {readonly import('../chapters/growth.mjs').GrowthRound[]} rounds */
export function growthLine(rounds) {
  return (
    `With 10,000 records ${spread(rounds.map(({ few }) => few))} uploads/s; with ${count(rounds[0]?.records ?? 0)} ` +
    `${spread(rounds.map(({ many }) => many))}: ${times(rounds.map(({ few, many }) => many / few))}.`
  );
}

/** @param {readonly import('../chapters/cores.mjs').CoresRound[]} rounds */
export function coresLine(rounds) {
  return (
    `One process and its load on one core: ${spread(rounds.map(({ one }) => one))} uploads/s; on two: ` +
    `${spread(rounds.map(({ two }) => two))}: ${times(rounds.map(({ one, two }) => two / one))}.`
  );
}

/** Rows with fewer microseconds are left out. */
const NEGLIGIBLE = 0.5;

/**
 * Where the time goes, the largest share first.
 * @param {readonly import('../chapters/profile.mjs').Profile[]} profiles
 * @returns {string}
 */
export function profileTable(profiles) {
  const [first] = profiles;
  const names = Object.keys(first?.buckets ?? {})
    .filter((name) => profiles.some(({ buckets }) => (buckets[name] ?? 0) >= NEGLIGIBLE))
    .sort((a, b) => (first?.buckets[b] ?? 0) - (first?.buckets[a] ?? 0));
  const rows = [
    ['thread pool: RSA, files', ...profiles.map(({ pool }) => count(pool))],
    ["V8's threads: compiling, collecting", ...profiles.map(({ v8 }) => count(v8))],
    ...names.map((name) => [`main: ${name}`, ...profiles.map(({ buckets }) => count(buckets[name] ?? 0))]),
    ['**all**', ...profiles.map(({ v8, pool, buckets }) => count(v8 + pool + sum(Object.values(buckets))))],
  ];
  return table(['µs of processor time an upload', ...profiles.map(({ size }) => size)], rows);
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
