/** What too much load does. */
import { median } from '../measure/statistics.mjs';
import { count, megabytes, spread, table } from './format.mjs';

/** @typedef {import('../chapters/overload.mjs').OverloadResults} OverloadResults */

/** @param {OverloadResults} results */
export function overloadTable({ loads, floods }) {
  const seconds = loads[0]?.seconds ?? 0;
  const rows = loads.map(({ size, peak, goodput, statuses, before, half, most, recovery }) => [
    size,
    count(peak),
    goodput.toFixed(2),
    Object.entries(statuses)
      .map(([status, times]) => `${status === '0' ? 'none' : status}: ${count(times)}`)
      .join(', '),
    [before, half, most].map(megabytes).join(', '),
    Number.isNaN(recovery) ? 'longer than it was watched' : `${recovery.toFixed(1)} s`,
  ]);
  const head = [
    `twice the load for ${count(seconds)} s`,
    'carries, uploads/s',
    'stored, of that',
    'responses',
    'memory before, at most in the first half, in all',
    'as before after',
  ];
  return (
    `${table(head, rows)}\n\nWhile one merchant sends 500 a second of its 20, p99 of another within its quota is ` +
    `${spread(floods.map(({ beside }) => beside))} ms; alone it is ${spread(floods.map(({ alone }) => alone))} ms: ` +
    `${floodBeside(floods).toFixed(2)}×.`
  );
}

/** @param {OverloadResults['floods']} floods */
export function floodBeside(floods) {
  return median(floods.map(({ alone, beside }) => beside / alone));
}
