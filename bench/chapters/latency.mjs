/** Measures the latency at half of the server's maximum rate. */
import { sendAtRate } from '../load/open-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { quantile } from '../measure/statistics.mjs';
import { measureThroughput, requestsFor, withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** @typedef {{ size: string, rate: number, p50: number, p99: number, most: number }} Latency milliseconds */

/** Uploads per second that are signed beforehand to find the server's maximum rate. */
const PROBED = { '10 KiB': 3000, '2 MiB': 300 };
const RUNS = 3;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<Latency[]>} several of each size
 */
export async function measure(bench) {
  const results = [];
  for (const [name, probed] of Object.entries(PROBED)) {
    for (let run = 0; run < Math.min(RUNS, bench.scale.rounds); run += 1) {
      bench.say(`${name}, run ${run + 1}`);
      results.push(await measureRun(bench, name, probed));
    }
  }
  return results;
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {string} name
 * @param {number} probed
 * @returns {Promise<Latency>}
 */
async function measureRun(bench, name, probed) {
  const size = sizeNamed(name);
  const form = signedUpload(bench.identity);
  return withServer(bench, 'ours', async (server) => {
    const requests = requestsFor(form, size, bench.scale, probed);
    const rate = (await measureThroughput(server, requests, size, bench.scale)).rate / 2;
    const uploads = makeRequests(form, size.bytes, Math.ceil(rate * bench.scale.latencySeconds));
    const waits = await sendAtRate(server.port, uploads, rate);
    return {
      size: name,
      rate,
      p50: quantile(waits, 0.5),
      p99: quantile(waits, 0.99),
      most: quantile(waits, 1),
    };
  });
}
