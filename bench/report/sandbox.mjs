/** The sandbox of a test: its start, and its journal. */
import { EARLIER } from '../measure/earlier.mjs';
import { median, summary } from '../measure/statistics.mjs';
import { count, megabytes, spread, table } from './format.mjs';

/** @typedef {import('../chapters/sandbox.mjs').SandboxResults} SandboxResults */
/** @typedef {import('../chapters/sandbox.mjs').Start} Start */

/** @param {SandboxResults} results @returns {number} of each pair, the share of the earlier state's time; the median */
export function startShare({ starts }) {
  return median(starts.map(({ earlier, now }) => now.whole / earlier.whole));
}

/** @param {SandboxResults} results @returns {number} milliseconds after the import; the median */
export function startAfterImport({ starts }) {
  return median(starts.map(({ now }) => now.start));
}

/** @param {SandboxResults} results @returns {number} times the processor time without a journal; the median */
export function journalCost({ journal }) {
  return median(journal.map((round) => round.with.cpu / round.without.cpu));
}

/** @param {SandboxResults} results */
export function sandboxStartTable({ first, starts }) {
  /** @type {readonly [what: string, value: (start: Start) => number][]} */
  const rows = [
    ['exec of a file that imports, starts, uploads one image and stops, ms', ({ whole }) => whole],
    ['the start after the import, ms', ({ start }) => start],
  ];
  const cells = rows.map(([what, value]) => {
    const ratio = summary(starts.map(({ earlier, now }) => value(now) / value(earlier)));
    return [
      what,
      worst(starts.map(({ earlier }) => value(earlier))),
      worst(starts.map(({ now }) => value(now))),
      `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})`,
    ];
  });
  const pairs = `${starts.length} pairs in turns, each median (worst).`;
  return `${table(['', `at ${EARLIER}`, 'now', 'ratio of each pair'], cells)}\n\n${pairs} The first start of a machine, which makes the keys: ${count(first.whole)} ms.`;
}

/** @param {readonly number[]} values */
function worst(values) {
  const { median: middle, high } = summary(values);
  return `${count(middle)} (${count(high)})`;
}

/** @param {SandboxResults} results */
export function sandboxJournalLine(results) {
  const { rate, seconds, journal } = results;
  return (
    `${count(rate)} uploads/s of 10 KiB for ${seconds} s: ${spread(journal.map((round) => round.with.cpu))} µs of processor time an upload with the journal, ` +
    `${spread(journal.map(({ without }) => without.cpu))} without: ${journalCost(results).toFixed(2)}×. Resident at the end ` +
    `${megabytes(median(journal.map((round) => round.with.memory)))} and ${megabytes(median(journal.map(({ without }) => without.memory)))}.`
  );
}
