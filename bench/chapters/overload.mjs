/**
 * Twice the load that a service can carry, from callers that do not wait for each other: what is stored meanwhile, what the others
 * are told, what memory does, and how soon all is as before. Then one merchant sends far more than its quota, and another one within its own.
 */
import { otherMerchant } from '../identity.mjs';
import { POOL_OPENS_FOR, sendAtRate, sendWhatever } from '../load/open-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { residentMemory } from '../measure/processor.mjs';
import { quantile } from '../measure/statistics.mjs';
import { measureThroughput, requestsFor, withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/**
 * @typedef {object} Overload
 * @property {string} size
 * @property {number} peak uploads a second that it carries
 * @property {number} seconds
 * @property {number} goodput of the peak that was stored under twice of it
 * @property {Record<string, number>} statuses how many responses had each; 0: none was read
 * @property {number} before bytes in memory
 * @property {number} half the most bytes in the first half
 * @property {number} most
 * @property {number} recovery seconds after the end until uploads take no longer than before; NaN if they did not within the watch
 */
/** @typedef {{ alone: number, beside: number }} Flood p99 in milliseconds of the merchant within its quota */
/** @typedef {{ loads: Overload[], floods: Flood[] }} OverloadResults */

/** Uploads per second that are signed beforehand to find the peak. */
const PROBED = { '10 KiB': 3000, '2 MiB': 350 };
/** Uploads a second that measure what is normal, and for how long they go on after the load. */
const PROBES = 20;
const WATCHED_SECONDS = 10;
/** As many connections as the shipped HAProxy keeps to a node. */
const POOL = 900;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<OverloadResults>}
 */
export async function measure(bench) {
  const loads = [];
  for (const [name, probed] of Object.entries(PROBED)) loads.push(await measureOverload(bench, name, probed));
  const floods = [];
  for (let round = 0; round < bench.scale.rounds; round += 1) {
    bench.say(`a merchant floods, round ${round + 1} of ${bench.scale.rounds}`);
    floods.push(await measureFlood(bench));
  }
  return { loads, floods };
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {string} name
 * @param {number} probed
 * @returns {Promise<Overload>}
 */
async function measureOverload(bench, name, probed) {
  const size = sizeNamed(name);
  const form = signedUpload(bench.identity);
  const { overloadSeconds: seconds } = bench.scale;
  return withServer(bench, 'ours', async (server, folder) => {
    const { port, pid } = server;
    const requests = requestsFor(form, size, bench.scale, probed);
    const { rate: peak } = await measureThroughput(server, requests, size, bench.scale, folder);
    const quiet = await sendAtRate(port, makeRequests(form, size.bytes, PROBES * 5), PROBES);
    bench.say(`${name}: ${Math.round(peak * 2)} a second for ${seconds} s, of which it carries half`);
    const load = makeRequests(form, size.bytes, Math.ceil(peak * 2 * seconds));
    const probes = makeRequests(form, size.bytes, PROBES * WATCHED_SECONDS);
    const memory = watchMemory(pid);
    const loaded = sendWhatever(port, load, peak * 2, POOL);
    const watched = later(POOL_OPENS_FOR + seconds * 1000, () => sendWhatever(port, probes, PROBES));
    const outcomes = await loaded;
    const inTime = outcomes.filter(({ at, wait, status }) => status === 200 && at + wait <= seconds * 1000);
    const after = (await watched).sort((a, b) => a.at - b.at);
    const slow = after.filter(({ wait, status }) => status !== 200 || wait > 2 * quantile(quiet, 1));
    const last = slow.at(-1);
    const recovery =
      last === undefined ? 0 : last === after.at(-1) ? Number.NaN : (last.at + last.wait) / 1000;
    /** @type {Record<string, number>} */
    const statuses = {};
    for (const { status } of outcomes) statuses[status] = (statuses[status] ?? 0) + 1;
    return {
      size: name,
      peak,
      seconds,
      goodput: inTime.length / seconds / peak,
      statuses,
      ...memory.stop(),
      recovery,
    };
  });
}

/**
 * @template T
 * @param {number} milliseconds
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
function later(milliseconds, act) {
  return new Promise((resolve, reject) => setTimeout(() => act().then(resolve, reject), milliseconds));
}

/** @param {number} pid */
function watchMemory(pid) {
  const seen = [residentMemory(pid)];
  const timer = setInterval(() => seen.push(residentMemory(pid)), 200);
  return {
    stop() {
      clearInterval(timer);
      const most = (/** @type {number[]} */ values) => values.reduce((one, other) => Math.max(one, other), 0);
      return { before: seen[0] ?? 0, half: most(seen.slice(0, seen.length / 2)), most: most(seen) };
    },
  };
}

/** What the quota allows, what the one merchant sends within it, and the other one far beyond. Uploads a second. */
const QUOTA = 20;
const WITHIN = 10;
const FLOOD = 500;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<Flood>}
 */
async function measureFlood(bench) {
  const { bytes } = sizeNamed('10 KiB');
  const other = otherMerchant(bench.identity);
  const seconds = bench.scale.latencySeconds * 2;
  return withServer(
    bench,
    'ours',
    async ({ port }) => {
      const polite = () =>
        sendAtRate(port, makeRequests(signedUpload(other), bytes, WITHIN * seconds), WITHIN);
      const alone = quantile(await polite(), 0.99);
      const load = makeRequests(signedUpload(bench.identity), bytes, FLOOD * (seconds + 1));
      const flooding = sendWhatever(port, load, FLOOD);
      const beside = quantile(await polite(), 0.99);
      const outcomes = await flooding;
      if (!outcomes.some(({ status }) => status === 429))
        throw new Error('no request of the flood was refused');
      return { alone, beside };
    },
    { settings: { other, quota: QUOTA } },
  );
}
