/** Measures the rate of a server and its processor time per request, in its own folder and process. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sendAll } from '../load/closed-loop.mjs';
import { makeRequests } from '../load/requests.mjs';
import { startSubject } from './processes.mjs';
import { processorTime, threadTimes } from './processor.mjs';

/** @typedef {import('../scale.mjs').Bench} Bench */
/** @typedef {import('../scale.mjs').Size} Size */
/** @typedef {import('../load/requests.mjs').Request} Request */

/**
 * @typedef {object} Throughput
 * @property {number} rate requests a second
 * @property {number} cpu microseconds of processor time a request, all threads
 * @property {number} main microseconds of it in the main thread
 */

/**
 * Starts a server on an empty folder, and ends it when `use` has ended.
 * @template T
 * @param {Bench} bench
 * @param {string} name of a file in servers/
 * @param {(server: import('./processes.mjs').Subject, folder: string) => Promise<T>} use
 * @param {{ cores?: string, root?: string, settings?: Partial<import('../servers/host.mjs').ServerSettings> }} [options] as startSubject
 *   takes them, and what the server's settings have beside its folder
 * @returns {Promise<T>}
 */
export async function withServer(bench, name, use, { settings: more, ...options } = {}) {
  const folder = emptyFolder(bench, name);
  const settings = { folder, identity: bench.identity, ...more };
  const server = await startSubject('servers/host.mjs', name, settings, options);
  try {
    return await use(server, folder);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Bench} bench
 * @param {string} name
 */
export function emptyFolder(bench, name) {
  const folder = `${bench.folder}/${name}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Writes the data of earlier runs to disk now, not during the next measurement.
  spawnSync('sync');
  return folder;
}

/**
 * Warms up a server, then loads it for the time of the scale.
 * @param {import('./processes.mjs').Subject} server
 * @param {readonly Request[]} requests those that warming up leaves are sent as far as time allows
 * @param {Size} size
 * @param {import('../scale.mjs').Scale} scale
 * @param {string} [folder] what the server writes to, where the images it was warmed up with may be removed
 * @returns {Promise<Throughput>}
 */
export async function measureThroughput(
  { port, pid },
  requests,
  { connections },
  { warmUp, seconds },
  folder,
) {
  let sent = 0;
  let rate = connections / 0.2;
  const began = performance.now();
  do {
    const count = Math.ceil(Math.min(rate * 0.25, requests.length / 8));
    rate = count / (await sendAll(port, requests.slice(sent, sent + count), connections));
    sent += count;
  } while ((performance.now() - began) / 1000 < warmUp && sent < requests.length / 2);
  if (folder) removeImages(folder);
  const measured = requests.slice(sent, sent + Math.ceil(rate * seconds));
  const before = { whole: processorTime(pid), ...threadTimes(pid) };
  const elapsed = await sendAll(port, measured, connections);
  return {
    rate: measured.length / elapsed,
    cpu: (processorTime(pid) - before.whole) / measured.length,
    main: (threadTimes(pid).main - before.main) / measured.length,
  };
}

/**
 * Frees the page cache of the files from warming up for the measured images, as on a machine that has run for a day. On a
 * virtual machine, memory takes ten times as long when it is used for the first time (2 MiB: 6 ms, then 0.6 ms).
 * @param {string} folder
 */
function removeImages(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const ofOurStore = /^(store\.db|service\.)/.test(entry.name);
    if (entry.isFile() && !ofOurStore) rmSync(path.join(entry.parentPath, entry.name), { force: true });
  }
}

/**
 * @param {import('../load/requests.mjs').Form} form
 * @param {Size} size
 * @param {import('../scale.mjs').Scale} scale
 * @param {number} rate requests a second that the fastest may reach
 */
export function requestsFor(form, { bytes }, { warmUp, seconds }, rate) {
  return makeRequests(form, bytes, Math.ceil(rate * (warmUp + seconds) * 1.1));
}
