/** The targets, and whether they are reached. */
import { median } from '../measure/statistics.mjs';
import { ourClientBeside, ourTimeBeside } from './clients.mjs';
import { table } from './format.mjs';
import { imagesBeside } from './images.mjs';
import { backupBeside, keptBeside } from './keeping.mjs';
import { nodeBeside } from './nodes.mjs';
import { floodBeside } from './overload.mjs';
import { isNew, RELAY_LABELS, relayCost } from './relay.mjs';
import { journalCost, startAfterImport, startShare } from './sandbox.mjs';
import { tailBeside } from './tail.mjs';
import { oursBeside } from './uploads.mjs';

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
 * @property {import('../chapters/commands.mjs').CommandRound[]} [commands]
 * @property {import('../chapters/growth.mjs').GrowthRound[]} [growth]
 * @property {import('../chapters/earlier.mjs').EarlierRound[]} [earlier]
 * @property {import('../chapters/relay.mjs').RelayResults} [relay]
 * @property {import('../chapters/clients.mjs').ClientResults} [clients]
 * @property {import('../chapters/profile.mjs').Profile[]} [profile]
 * @property {import('../chapters/sandbox.mjs').SandboxResults} [sandbox]
 * @property {import('../chapters/tail.mjs').Tail[]} [tail]
 * @property {import('../chapters/images.mjs').ImagesResult[]} [images]
 * @property {import('../chapters/keeping.mjs').Keeping[]} [keeping]
 * @property {import('../chapters/overload.mjs').OverloadResults} [overload]
 * @property {import('../chapters/soak.mjs').Stretch[]} [soak]
 */

/**
 * @typedef {object} Target
 * @property {keyof Results} chapter what must have been measured
 * @property {string} what
 * @property {number} wanted
 * @property {boolean} [atMost] default: at least
 * @property {string} [unit]
 * @property {(results: Results) => number} value
 */

/** @type {readonly Target[]} */
const TARGETS = [
  ratio('10 KiB durable, of openssl’s RSA-2048 sign rate', 0.6, '10 KiB', 'openssl'),
  ratio('2 MiB durable, of the floor', 0.7, '2 MiB', 'floor'),
  ratio('10 KiB, times express + multer', 8, '10 KiB', 'express-multer'),
  ratio('2 MiB, times express + multer', 2.2, '2 MiB', 'express-multer'),
  ratio("10 KiB, times s3rver's PUT", 2.8, '10 KiB', 's3rver'),
  ratio("2 MiB, times s3rver's PUT", 2.1, '2 MiB', 's3rver'),
  {
    chapter: 'cores',
    what: 'two cores over one',
    wanted: 1.6,
    value: ({ cores = [] }) => median(cores.map(({ one, two }) => two / one)),
  },
  {
    chapter: 'latency',
    what: 'p99 at half load, 10 KiB',
    wanted: 10,
    atMost: true,
    unit: ' ms',
    value: ({ latency = [] }) =>
      median(latency.filter(({ size }) => size === '10 KiB').map(({ p99 }) => p99)),
  },
  {
    chapter: 'memory',
    what: '200 slow 2 MiB uploads, more than at rest',
    wanted: 64,
    atMost: true,
    unit: ' MB',
    value: ({ memory }) => (memory ? (memory.most - memory.idle) / 1e6 : Number.NaN),
  },
  {
    chapter: 'growth',
    what: 'rate with a million records (in a quick run 100,000), of that with 10 thousand',
    wanted: 0.9,
    value: ({ growth = [] }) => median(growth.map(({ few, many }) => many / few)),
  },
  {
    chapter: 'sandbox',
    what: 'a test with a sandbox, exec to exit, of the time at 3dd8648',
    wanted: 0.45,
    atMost: true,
    value: ({ sandbox }) => (sandbox ? startShare(sandbox) : Number.NaN),
  },
  {
    chapter: 'sandbox',
    what: 'start of a sandbox after the import',
    wanted: 60,
    atMost: true,
    unit: ' ms',
    value: ({ sandbox }) => (sandbox ? startAfterImport(sandbox) : Number.NaN),
  },
  {
    chapter: 'sandbox',
    what: "processor time with the sandbox's journal, times without",
    wanted: 1.25,
    atMost: true,
    value: ({ sandbox }) => (sandbox ? journalCost(sandbox) : Number.NaN),
  },
  relayTarget('apiv3', '10 KiB', 1.15),
  relayTarget('apiv3', '2 MiB', 1),
  relayTarget('plain', '10 KiB', 0.85),
  relayTarget('apiv3 again', '10 KiB', 1),
  relayTarget('apiv3 again', '2 MiB', 1),
  relayTarget('plain again', '10 KiB', 0.5),
  relayTarget('plain again', '2 MiB', 0.6),
  clientRatio('client at 10 KiB, times wechatpay-axios-plugin', 4, '10 KiB'),
  clientRatio('client at 2 MiB, times wechatpay-axios-plugin', 1.45, '2 MiB'),
  {
    chapter: 'clients',
    what: 'client at 10 KiB, processor time of a bare program’s',
    wanted: 1.15,
    atMost: true,
    value: ({ clients = [] }) => ourTimeBeside(clients, '10 KiB', 'bare'),
  },
  nodeShare('10 KiB', 0.6),
  nodeShare('200 KiB', 0.75),
  tailShare('10 KiB'),
  tailShare('2 MiB'),
  imagesRatio('images of 10 KiB, times @fastify/static', 1.5, '10 KiB', 'fastify-static'),
  imagesRatio('images of 2 MiB, times @fastify/static', 1, '2 MiB', 'fastify-static'),
  imagesRatio('304, of bare node:http', 0.8, '10 KiB, 304', 'bare-304'),
  {
    chapter: 'keeping',
    what: '`store check --deep` on 100,000 images (in a quick run 5,000), of the time at 3dd8648',
    wanted: 0.25,
    atMost: true,
    value: ({ keeping = [] }) => keptBeside(keeping, 'check'),
  },
  {
    chapter: 'keeping',
    what: '`store list --filename` on the same, of the time at 3dd8648',
    wanted: 0.25,
    atMost: true,
    value: ({ keeping = [] }) => keptBeside(keeping, 'list'),
  },
  {
    chapter: 'keeping',
    what: '`store backup`, of `cp -r` and a sync',
    wanted: 1.3,
    atMost: true,
    value: ({ keeping = [] }) => backupBeside(keeping),
  },
  goodput('10 KiB', 0.9),
  goodput('2 MiB', 0.7),
  {
    chapter: 'overload',
    what: 'p99 of a merchant while another floods, of alone',
    wanted: 2,
    atMost: true,
    value: ({ overload }) => floodBeside(overload?.floods ?? []),
  },
];

/**
 * @param {Results} results
 * @returns {string}
 */
export function targetsTable(results) {
  const rows = TARGETS.filter(({ chapter }) => results[chapter]).map(
    ({ what, wanted, atMost = false, unit = '', value }) => {
      const found = value(results);
      const reached = atMost ? found <= wanted : found >= wanted;
      return [
        what,
        `${atMost ? '≤' : '≥'} ${wanted}${unit}`,
        found.toFixed(2) + unit,
        reached ? 'reached' : '**not reached**',
      ];
    },
  );
  return table(['', 'wanted', 'measured', ''], rows);
}

/**
 * @param {string} what
 * @param {number} wanted
 * @param {string} size
 * @param {string} other
 * @returns {Target}
 */
function ratio(what, wanted, size, other) {
  return {
    chapter: 'uploads',
    what,
    wanted,
    value: ({ uploads = [] }) => median(oursBeside(uploads, size, other)),
  };
}

/**
 * @param {string} what
 * @param {number} wanted
 * @param {string} size
 * @returns {Target}
 */
function clientRatio(what, wanted, size) {
  return {
    chapter: 'clients',
    what,
    wanted,
    value: ({ clients = [] }) => median(ourClientBeside(clients, size, 'wechatpay-axios-plugin')),
  };
}

/**
 * @param {string} size
 * @param {number} wanted
 * @returns {Target}
 */
function nodeShare(size, wanted) {
  return {
    chapter: 'nodes',
    what: `processor time of a cluster's node at ${size}, of that at 3dd8648`,
    wanted,
    atMost: true,
    value: ({ nodes = [] }) => nodeBeside(nodes.find((each) => each.size === size)?.rounds ?? []),
  };
}

/**
 * @param {string} size
 * @returns {Target}
 */
function tailShare(size) {
  return {
    chapter: 'tail',
    what: `p99 at ${size} and half of what 3dd8648 carries, of that at 3dd8648`,
    wanted: 0.5,
    atMost: true,
    value: ({ tail = [] }) => tailBeside(tail, size),
  };
}

/**
 * @param {string} what
 * @param {number} wanted
 * @param {string} asked
 * @param {string} other
 * @returns {Target}
 */
function imagesRatio(what, wanted, asked, other) {
  return {
    chapter: 'images',
    what,
    wanted,
    value: ({ images = [] }) => median(imagesBeside(images, asked, other)),
  };
}

/**
 * @param {string} size
 * @param {number} wanted
 * @returns {Target}
 */
function goodput(size, wanted) {
  return {
    chapter: 'overload',
    what: `stored under twice the load at ${size}, of what is carried`,
    wanted,
    value: ({ overload }) => overload?.loads.find((load) => load.size === size)?.goodput ?? Number.NaN,
  };
}

/**
 * @param {import('../chapters/relay.mjs').RelayWay} way
 * @param {string} size
 * @param {number} wanted
 * @returns {Target}
 */
function relayTarget(way, size, wanted) {
  const what = `${RELAY_LABELS[way]}, ${size}, of ${isNew(way) ? 'service and client' : 'the service'}`;
  return {
    chapter: 'relay',
    what,
    wanted,
    atMost: true,
    value: ({ relay = [] }) => relayCost(relay, size, way),
  };
}
