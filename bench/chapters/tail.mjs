/**
 * Compares the longest waits with those of an earlier state, at the same rate: half of what the earlier state carries. Beside each run
 * a probe writes and syncs a small file on the same disk, since what the disk does is part of every wait.
 */
import { open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendAtRate } from '../load/open-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { buildEarlier, EARLIER } from '../measure/earlier.mjs';
import { quantile } from '../measure/statistics.mjs';
import { measureThroughput, requestsFor, withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** @typedef {{ p50: number, p99: number, most: number, disk: number }} Waits milliseconds; disk: p99 of the probe */
/** @typedef {{ size: string, rate: number, rounds: { earlier: Waits, now: Waits }[] }} Tail */

/** Uploads per second that are signed beforehand to find what the earlier state carries. */
const PROBED = { '10 KiB': 3000, '2 MiB': 300 };

/** The issue asks for one round more than for everything else. */
const MORE_ROUNDS = 1;

/** Milliseconds between two writes of the probe. */
const PAUSE = 20;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<Tail[]>}
 */
export async function measure(bench) {
  const root = buildEarlier(EARLIER);
  const results = [];
  for (const [name, probed] of Object.entries(PROBED)) {
    const size = sizeNamed(name);
    const requests = requestsFor(signedUpload(bench.identity), size, bench.scale, probed);
    const carried = await withServer(
      bench,
      'ours',
      (server, folder) => measureThroughput(server, requests, size, bench.scale, folder),
      { root },
    );
    const rate = carried.rate / 2;
    const rounds = [];
    for (let round = 0; round < bench.scale.rounds + MORE_ROUNDS; round += 1) {
      bench.say(`${name}, round ${round + 1} of ${bench.scale.rounds + MORE_ROUNDS}`);
      // The order alternates, since the speed of a machine drifts.
      const first = await measureWaits(bench, size, rate, round % 2 === 0 ? root : undefined);
      const second = await measureWaits(bench, size, rate, round % 2 === 0 ? undefined : root);
      rounds.push(round % 2 === 0 ? { earlier: first, now: second } : { earlier: second, now: first });
    }
    results.push({ size: name, rate, rounds });
  }
  return results;
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {import('../scale.mjs').Size} size
 * @param {number} rate
 * @param {string | undefined} root
 * @returns {Promise<Waits>}
 */
async function measureWaits(bench, { bytes }, rate, root) {
  const form = signedUpload(bench.identity);
  const { latencySeconds } = bench.scale;
  return withServer(
    bench,
    'ours',
    async ({ port }) => {
      await sendAtRate(port, makeRequests(form, bytes, Math.ceil(rate)), rate); // a second to warm up
      const uploads = makeRequests(form, bytes, Math.ceil(rate * latencySeconds));
      const probe = watchDisk(`${bench.folder}/probe`);
      const waits = await sendAtRate(port, uploads, rate);
      const disk = quantile(await probe.stop(), 0.99);
      return { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), most: quantile(waits, 1), disk };
    },
    root === undefined ? {} : { root },
  );
}

/** @param {string} file on the disk of the images */
function watchDisk(file) {
  /** @type {number[]} */
  const times = [];
  let isOver = false;
  const done = write();
  return {
    /** @returns {Promise<number[]>} milliseconds of each write and its sync, ascending */
    async stop() {
      isOver = true;
      await done;
      return times.sort((a, b) => a - b);
    },
  };

  async function write() {
    const handle = await open(file, 'w');
    while (!isOver) {
      const began = performance.now();
      await handle.write(Buffer.alloc(4096), 0, 4096, 0);
      await handle.sync();
      times.push(performance.now() - began);
      await sleep(PAUSE);
    }
    await handle.close();
    await rm(file);
  }
}
