/** The parts of documents that the bench writes, by the name of their marker; all else in them is written by people. */
import { coresLine, growthLine, latencyTable, memoryLine, profileTable, startLine } from './behaviour.mjs';
import { clientsTable } from './clients.mjs';
import { commandsTable } from './commands.mjs';
import { earlierTable } from './earlier.mjs';
import { imagesTable } from './images.mjs';
import { keepingTable } from './keeping.mjs';
import { nodesTable } from './nodes.mjs';
import { overloadTable } from './overload.mjs';
import { relayTable } from './relay.mjs';
import { sandboxJournalLine, sandboxStartTable } from './sandbox.mjs';
import { soakTable } from './soak.mjs';
import { tailTable } from './tail.mjs';
import { targetsTable } from './targets.mjs';
import { floorTable, uploadsTable } from './uploads.mjs';

/** @typedef {import('./targets.mjs').Results} Results */

/**
 * @param {Results} results
 * @returns {Map<string, string>}
 */
export function sections(results) {
  const {
    machine,
    uploads,
    cores,
    nodes,
    latency,
    memory,
    start,
    commands,
    growth,
    earlier,
    clients,
    profile,
    sandbox,
    relay,
    tail,
    images,
    keeping,
    overload,
    soak,
  } = results;
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
    ['commands', commands && commandsTable(commands)],
    ['growth', growth && growthLine(growth)],
    ['earlier', earlier && earlierTable(earlier)],
    ['sandbox-start', sandbox && sandboxStartTable(sandbox)],
    ['sandbox-journal', sandbox && sandboxJournalLine(sandbox)],
    ['relay', relay && relayTable(relay)],
    ['tail', tail && tailTable(tail)],
    ['images', images && imagesTable(images)],
    ['keeping', keeping && keepingTable(keeping)],
    ['overload', overload && overloadTable(overload)],
    ['soak', soak && soakTable(soak)],
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
