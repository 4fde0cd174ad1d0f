/** A service under a steady load for long: what memory, descriptors and p99 are in the end, beside the beginning. Only run by its name. */
import { readdirSync } from 'node:fs';
import { sendAtRate } from '../load/open-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { residentMemory } from '../measure/processor.mjs';
import { quantile } from '../measure/statistics.mjs';
import { withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/**
 * @typedef {object} Stretch
 * @property {number} minute at its end
 * @property {number} memory bytes
 * @property {number} descriptors
 * @property {number} p50 milliseconds
 * @property {number} p99
 */

/** Uploads a second. */
const RATE = 200;
/** Seconds for which requests are signed at a time; they are valid for five minutes. */
const STRETCH = 60;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<Stretch[]>}
 */
export async function measure(bench) {
  const { bytes } = sizeNamed('10 KiB');
  const form = signedUpload(bench.identity);
  return withServer(bench, 'ours', async ({ port, pid }) => {
    const began = performance.now();
    const minutes = () => (performance.now() - began) / 60_000;
    /** @type {Stretch[]} */
    const stretches = [];
    while (minutes() < bench.scale.soakMinutes) {
      const waits = await sendAtRate(port, makeRequests(form, bytes, RATE * STRETCH), RATE);
      const stretch = {
        minute: minutes(),
        memory: residentMemory(pid),
        descriptors: readdirSync(`/proc/${pid}/fd`).length,
        p50: quantile(waits, 0.5),
        p99: quantile(waits, 0.99),
      };
      stretches.push(stretch);
      bench.say(JSON.stringify(stretch));
    }
    return stretches;
  });
}
