/** The table of the rounds with several nodes. */
import { EARLIER } from '../measure/earlier.mjs';
import { median } from '../measure/statistics.mjs';
import { profileTable } from './behaviour.mjs';
import { count, spread, table } from './format.mjs';

/** @typedef {import('../chapters/nodes.mjs').NodesResults} NodesResults */
/** @typedef {import('../chapters/nodes.mjs').NodesRun} NodesRun */

/** @type {readonly [label: string, nodes: number, isEarlier?: boolean][]} */
const CANDIDATES = [
  ['one process and its folder', 0],
  [`one node at ${EARLIER}`, 1, true],
  ['one node', 1],
  ['two nodes', 2],
  ['three nodes', 3],
];

/** Columns of processor time: microseconds an upload. @type {[string, (run: NodesRun) => number][]} */
const TIMES = [
  ['CPU µs: service', ({ cpu }) => cpu],
  ['PostgreSQL', ({ engines }) => engines.postgres],
  ['Redis', ({ engines }) => engines.redis],
  ['S3 gateway', ({ engines }) => engines.gateway],
  ['S3 storage', ({ engines }) => engines.storage],
  ['load', ({ load }) => load],
];

/**
 * @param {NodesResults} results
 * @returns {string}
 */
export function nodesTable(results) {
  const tables = results.map(({ size, rounds }) => `${tableOf(size, rounds)}\n\n${limitOf(size, rounds)}`);
  const profiles = results.flatMap(({ size, profiles: [earlier, now] }) => [
    ...(earlier ? [{ ...earlier, size: `${size} at ${EARLIER}` }] : []),
    ...(now ? [{ ...now, size: `${size} now` }] : []),
  ]);
  return [...tables, "Where a node's own time goes:", profileTable(profiles)].join('\n\n');
}

/**
 * @param {string} size
 * @param {readonly NodesRun[][]} rounds
 */
function tableOf(size, rounds) {
  const head = [size, 'uploads/s', ...TIMES.map(([label]) => label), 'cores busy'];
  const rows = CANDIDATES.map(([label, nodes, isEarlier]) => {
    const runs = runsOf(rounds, nodes, isEarlier);
    return [
      label,
      spread(runs.map(({ rate }) => rate)),
      ...TIMES.map(([, time]) => count(median(runs.map(time)))),
      median(runs.map(({ busy }) => busy)).toFixed(2),
    ];
  });
  return table(head, rows);
}

/**
 * Derives from the numbers what limits the rate.
 * @param {string} size
 * @param {readonly NodesRun[][]} rounds
 */
function limitOf(size, rounds) {
  const one = median(runsOf(rounds, 1).map(({ cpu }) => cpu));
  const beside = median(runsOf(rounds, 0).map(({ cpu }) => cpu));
  const three = TIMES.map(([label, time]) => ({ label, time: median(runsOf(rounds, 3).map(time)) }));
  const all = three.reduce((sum, { time }) => sum + time, 0);
  const [service = '', ...others] = three.map(
    ({ label, time }) => `${label} ${Math.round((time / all) * 100)} %`,
  );
  const busy = median(runsOf(rounds, 3).map((run) => run.busy));
  return (
    `At ${size} a node takes ${count(one)} µs an upload, ${nodeBeside(rounds).toFixed(2)} of one at ${EARLIER}, and ` +
    `${(one / beside).toFixed(2)} times the process with its folder: a core of its ` +
    `own would carry ${count(1e6 / one)} uploads/s. With three nodes ${busy.toFixed(2)} of the machine's cores are busy: ` +
    `${service.replace('CPU µs: ', '')}, ${others.join(', ')}.`
  );
}

/**
 * @param {readonly NodesRun[][]} rounds
 * @param {number} nodes
 * @param {boolean} [isEarlier]
 */
function runsOf(rounds, nodes, isEarlier = false) {
  return rounds.flatMap((runs) => runs.filter((run) => run.nodes === nodes && run.isEarlier === isEarlier));
}

/**
 * @param {readonly NodesRun[][]} rounds
 * @returns {number} the processor time of a node, of that of one of the earlier state
 */
export function nodeBeside(rounds) {
  const [now, before] = [runsOf(rounds, 1), runsOf(rounds, 1, true)];
  return median(now.map(({ cpu }, round) => cpu / (before[round]?.cpu ?? Number.NaN)));
}
