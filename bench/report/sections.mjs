/** The parts of documents that the bench writes, by the name of their marker. */
import { coresLine, growthLine, latencyTable, memoryLine, startLine } from './behaviour.mjs';
import { clientsTable } from './clients.mjs';
import { earlierTable } from './earlier.mjs';
import { nodesTable } from './nodes.mjs';
import { profileTable } from './profile.mjs';
import { targetsTable } from './targets.mjs';
import { floorTable, uploadsTable } from './uploads.mjs';

/**
 * What the chapters measured; absent is what this run left out.
 * @typedef {object} Results
 * @property {import('../measure/machine.mjs').Machine} machine
 * @property {import('../chapters/uploads.mjs').UploadResults} [uploads]
 * @property {import('../chapters/cores.mjs').CoresRound[]} [cores]
 * @property {import('../chapters/nodes.mjs').NodesResults} [nodes]
 * @property {import('../chapters/latency.mjs').Latency[]} [latency]
 * @property {import('../chapters/memory.mjs').Memory} [memory]
 * @property {number[]} [start]
 * @property {import('../chapters/growth.mjs').GrowthRound[]} [growth]
 * @property {import('../chapters/earlier.mjs').EarlierRound[]} [earlier]
 * @property {import('../chapters/clients.mjs').ClientResults} [clients]
 * @property {import('../chapters/profile.mjs').Profile[]} [profile]
 */

/**
 * @param {Results} results
 * @returns {Map<string, string>}
 */
export function sections(results) {
  const { machine, uploads, cores, nodes, latency, memory, start, growth, earlier, clients, profile } =
    results;
  /** @type {[string, string | undefined][]} */
  const found = [
    ['machine', machineLine(machine)],
    ['targets', targetsTable(results)],
    ['uploads', uploads && uploadsTable(uploads)],
    ['floor', uploads && floorTable(uploads)],
    ['profile', profile && profileTable(profile)],
    ['clients', clients && clientsTable(clients)],
    ['latency', latency && latencyTable(latency)],
    ['cores', cores && coresLine(cores)],
    ['nodes', nodes && nodesTable(nodes)],
    ['memory', memory && memoryLine(memory)],
    ['start', start && startLine(start)],
    ['growth', growth && growthLine(growth)],
    ['earlier', earlier && earlierTable(earlier)],
  ];
  return new Map(found.filter(/** @returns {entry is [string, string]} */ (entry) => entry[1] !== undefined));
}

/** @param {import('../measure/machine.mjs').Machine} machine */
function machineLine({ date, processor, cores, memory, system, filesystem, node, openssl, pinned }) {
  const sides = pinned
    ? 'what is measured on one core, its load on the other'
    : 'not pinned: taskset is missing';
  return `Measured ${date} on ${processor}, ${cores} cores, ${memory} GiB, ${system}, ${filesystem}; Node ${node}, ${openssl}; ${sides}.`;
}
