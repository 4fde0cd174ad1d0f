/**
 * Compares one, two and three nodes on shared engines with one process and its folder, and with one node of an earlier state. Nodes, engines and the load share both
 * cores. So the rate shows what this machine can do, and the processor time shows what an upload costs in each process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sendAll } from '../load/closed-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { buildEarlier, EARLIER } from '../measure/earlier.mjs';
import { startEngines } from '../measure/engines.mjs';
import { startSubject } from '../measure/processes.mjs';
import { BOTH_CORES, LOAD_CORE, pin, processorTime } from '../measure/processor.mjs';
import { emptyFolder, requestsFor } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';
import { profileOf } from './profile.mjs';

/** @typedef {import('../measure/engines.mjs').EngineTimes} EngineTimes */

/**
 * @typedef {object} NodesRun processor time is in microseconds an upload
 * @property {number} nodes 0 is one process with a folder
 * @property {boolean} isEarlier
 * @property {number} rate uploads a second
 * @property {number} cpu of all nodes together
 * @property {EngineTimes} engines
 * @property {number} load of what sent the uploads
 * @property {number} busy cores that all of these kept busy
 */
/**
 * @typedef {object} NodesResult
 * @property {string} size
 * @property {NodesRun[][]} rounds
 * @property {import('./profile.mjs').Profile[]} profiles of one node of the earlier state, and of one of this
 */
/** @typedef {NodesResult[]} NodesResults */

/** The most requests per second that are signed beforehand. */
const FASTEST = new Map([
  ['10 KiB', { folder: 2500, cluster: 1200 }],
  ['200 KiB', { folder: 1000, cluster: 600 }],
]);

/** Beside each other are the two whose ratio matters most. @type {readonly { nodes: number, isEarlier?: boolean }[]} */
const CANDIDATES = [{ nodes: 0 }, { nodes: 1, isEarlier: true }, { nodes: 1 }, { nodes: 2 }, { nodes: 3 }];

/** The most rounds; each one starts every node again. */
const ROUNDS = 3;
/** This chapter takes longer by this factor, since processor time is counted in hundredths of a second. */
const LONGER = 2;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<NodesResults>}
 */
export async function measure(bench) {
  const scale = { ...bench.scale, seconds: bench.scale.seconds * LONGER };
  const all = Math.min(ROUNDS, scale.rounds);
  const root = buildEarlier(EARLIER);
  bench.say('starting PostgreSQL, Redis and Ceph');
  const engines = await startEngines();
  pin(process.pid, BOTH_CORES);
  try {
    const results = [];
    for (const name of FASTEST.keys()) {
      const rounds = [];
      for (let round = 0; round < all; round += 1) {
        const runs = [];
        for (const { nodes, isEarlier = false } of CANDIDATES) {
          bench.say(
            `${name}, round ${round + 1} of ${all}: ${nodes || 'no'} nodes${isEarlier ? ` of ${EARLIER}` : ''}`,
          );
          const earlier = isEarlier ? root : undefined;
          runs.push(await measureRun({ ...bench, scale }, engines, sizeNamed(name), nodes, earlier));
        }
        rounds.push(runs);
      }
      const profiles = [];
      for (const earlier of [root, undefined]) {
        bench.say(`${name}: the profile of a node${earlier ? ` of ${EARLIER}` : ''}`);
        profiles.push(await measureProfile(bench, engines, name, earlier));
      }
      results.push({ size: name, rounds, profiles });
    }
    return results;
  } finally {
    pin(process.pid, LOAD_CORE);
    await engines.stop();
  }
}

/** Uploads for each second of the profile. */
const PROFILED = 200;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {import('../measure/engines.mjs').Engines} engines
 * @param {string} size
 * @param {string | undefined} root of the earlier state, if that is profiled
 */
async function measureProfile(bench, engines, size, root) {
  const [node] = await startNodes(bench, engines, 1, root);
  if (!node) throw new Error('no node');
  try {
    await warm(bench, [node]);
    return await profileOf(bench, node, size, PROFILED * bench.scale.profileSeconds);
  } finally {
    await node.stop();
  }
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {import('../measure/engines.mjs').Engines} engines
 * @param {number} nodes
 * @param {string | undefined} root of the earlier state, if that is measured
 * @returns {Promise<import('../measure/processes.mjs').Subject[]>} one process with its folder, if it is to be no node
 */
async function startNodes(bench, engines, nodes, root) {
  const folder = emptyFolder(bench, 'nodes');
  Object.assign(process.env, engines.environment);
  const environment = root === undefined ? engines.environment : engines.beside;
  const settings = { folder, identity: bench.identity, environment };
  const name = nodes === 0 ? 'ours' : 'cluster';
  const started = [];
  try {
    // The nodes start one after another: the first one makes the tables and the merchant.
    for (let node = 0; node < Math.max(1, nodes); node += 1)
      started.push(
        await startSubject('servers/host.mjs', name, settings, { cores: BOTH_CORES, ...(root && { root }) }),
      );
    if (nodes > 0) await engines.makeOld(root === undefined ? 0 : 1);
    for (const { port } of started) await untilReady(port);
    return started;
  } catch (error) {
    for (const node of started) await node.stop();
    throw error;
  }
}

/**
 * Uploads of 10 KiB for each process before anything is measured. V8 compiles what a node runs most often again and again while it takes its first
 * thousands of uploads, which on its threads was seen to take 1,300 µs for each of the first thousand, and 150 to 300 after five thousand; a node is in use for weeks.
 */
const WARMING = 5000;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {readonly import('../measure/processes.mjs').Subject[]} started
 */
async function warm({ identity }, started) {
  const { bytes, connections } = sizeNamed('10 KiB');
  const ports = started.map(({ port }) => port);
  // Signed in portions, so that none is older than five minutes when it is sent.
  for (let sent = 0; sent < WARMING; sent += 1000) {
    const requests = makeRequests(signedUpload(identity), bytes, 1000 * started.length);
    await sendAll(ports, requests, connections);
  }
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {import('../measure/engines.mjs').Engines} engines
 * @param {import('../scale.mjs').Size} size
 * @param {number} nodes
 * @param {string | undefined} root of the earlier state, if that is measured
 * @returns {Promise<NodesRun>}
 */
async function measureRun(bench, engines, size, nodes, root) {
  const fastest = FASTEST.get(size.name)?.[nodes === 0 ? 'folder' : 'cluster'] ?? 1000;
  const started = await startNodes(bench, engines, nodes, root);
  try {
    await warm(bench, started);
    const requests = requestsFor(signedUpload(bench.identity), size, bench.scale, fastest);
    const isEarlier = root !== undefined;
    return { nodes, isEarlier, ...(await measureLoad(bench, engines, started, requests, size)) };
  } finally {
    for (const node of started) await node.stop();
    emptyFolder(bench, 'nodes');
  }
}

/** @param {number} port */
async function untilReady(port) {
  while (!(await fetch(`http://127.0.0.1:${port}/readyz`)).ok) await sleep(100);
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {import('../measure/engines.mjs').Engines} engines
 * @param {readonly import('../measure/processes.mjs').Subject[]} started
 * @param {readonly import('../load/requests.mjs').Request[]} requests
 * @param {import('../scale.mjs').Size} size
 * @returns {Promise<Omit<NodesRun, 'nodes' | 'isEarlier'>>}
 */
async function measureLoad({ scale }, engines, started, requests, { connections }) {
  const ports = started.map(({ port }) => port);
  let sent = 0;
  let rate = 0;
  const began = performance.now();
  do {
    const batch = requests.slice(sent, sent + Math.ceil(requests.length / 16));
    rate = batch.length / (await sendAll(ports, batch, connections));
    sent += batch.length;
  } while ((performance.now() - began) / 1000 < scale.warmUp && sent < requests.length / 2);

  const measured = requests.slice(sent, sent + Math.ceil(rate * scale.seconds));
  const before = times(engines, started);
  const elapsed = await sendAll(ports, measured, connections);
  const after = times(engines, started);
  /** @param {keyof typeof after} what */
  const each = (what) => (after[what] - before[what]) / measured.length;
  const all = Object.keys(after).reduce(
    (sum, what) => sum + each(/** @type {keyof typeof after} */ (what)),
    0,
  );
  return {
    rate: measured.length / elapsed,
    cpu: each('nodes'),
    engines: {
      postgres: each('postgres'),
      redis: each('redis'),
      gateway: each('gateway'),
      storage: each('storage'),
    },
    load: each('load'),
    busy: (all * measured.length) / (elapsed * 1e6),
  };
}

/**
 * @param {import('../measure/engines.mjs').Engines} engines
 * @param {readonly import('../measure/processes.mjs').Subject[]} started
 */
function times(engines, started) {
  return {
    nodes: started.reduce((sum, { pid }) => sum + processorTime(pid), 0),
    ...engines.times(),
    load: processorTime(process.pid),
  };
}
