/** Where the time of an upload goes: the main thread by V8's profiler, the other threads by the operating system. */
import { sendAll } from '../load/closed-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { bucketTimes } from '../measure/buckets.mjs';
import { threadTimes } from '../measure/processor.mjs';
import { withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/**
 * Microseconds an upload.
 * @typedef {{ size: string, v8: number, pool: number, buckets: Record<string, number> }} Profile
 */

const PROFILED = { '10 KiB': 1500, '2 MiB': 150 };

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<Profile[]>}
 */
export async function measure(bench) {
  const results = [];
  for (const [name, rate] of Object.entries(PROFILED)) {
    bench.say(name);
    results.push(await measureSize(bench, name, rate * bench.scale.profileSeconds));
  }
  return results;
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {string} name
 * @param {number} count
 * @returns {Promise<Profile>}
 */
function measureSize(bench, name, count) {
  return withServer(bench, 'ours', (server) => profileOf(bench, server, name, count));
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {import('../measure/processes.mjs').Subject} server
 * @param {string} size
 * @param {number} count of uploads, after half as many to warm up
 * @returns {Promise<Profile>}
 */
export async function profileOf(bench, server, size, count) {
  const { bytes, connections } = sizeNamed(size);
  const form = signedUpload(bench.identity);
  await sendAll(server.port, makeRequests(form, bytes, Math.ceil(count / 2)), connections);
  const requests = makeRequests(form, bytes, count);
  await server.ask({ ask: 'startProfile' });
  const before = threadTimes(server.pid);
  await sendAll(server.port, requests, connections);
  const after = threadTimes(server.pid);
  const { profile } = /** @type {{ profile: import('node:inspector').Profiler.Profile }} */ (
    await server.ask({ ask: 'stopProfile' })
  );
  return {
    size,
    v8: (after.v8 - before.v8) / count,
    pool: (after.pool - before.pool) / count,
    buckets: bucketTimes(profile, (after.main - before.main) / count),
  };
}
