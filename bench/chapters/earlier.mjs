/** Compares this state of the project with an earlier one, in turns, to show the effect of a change. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sendAll } from '../load/closed-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { buildEarlier, EARLIER } from '../measure/earlier.mjs';
import { residentMemory } from '../measure/processor.mjs';
import { serve } from '../measure/serve.mjs';
import { measureThroughput, requestsFor, withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** @typedef {import('../measure/throughput.mjs').Throughput} Throughput */

/**
 * @typedef {object} State of the project, in one round
 * @property {Record<string, Throughput>} uploads by the name of their size
 * @property {number} start milliseconds from exec to the first answered upload
 * @property {number} startCpu microseconds of processor time until then
 * @property {number} rest bytes in memory 5 s after it
 * @property {number} used bytes in memory 30 s after a thousand uploads more
 */
/** @typedef {{ earlier: State, now: State }} EarlierRound */

const SIZES = ['10 KiB', '2 MiB'].map(sizeNamed);
/** Milliseconds until a service is idle. */
const REST = 5_000;
/** Milliseconds in which V8 gives memory back that uploads needed. */
const LONG_REST = 30_000;
const UPLOADS = 1_000;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<EarlierRound[]>}
 */
export async function measure(bench) {
  const root = buildEarlier(EARLIER);
  const rounds = [];
  for (let round = 0; round < bench.scale.rounds; round += 1) {
    bench.say(`round ${round + 1} of ${bench.scale.rounds}`);
    // The order alternates, since the speed of a machine drifts.
    const first = round % 2 === 0 ? root : undefined;
    const [one, other] = [
      await measureState(bench, first),
      await measureState(bench, first ? undefined : root),
    ];
    rounds.push(first ? { earlier: one, now: other } : { earlier: other, now: one });
  }
  return rounds;
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {string | undefined} root
 * @returns {Promise<State>}
 */
async function measureState(bench, root) {
  const form = signedUpload(bench.identity);
  const options = root === undefined ? {} : { root };
  /** @type {Record<string, Throughput>} */
  const uploads = {};
  for (const size of SIZES) {
    const requests = requestsFor(form, size, bench.scale, size.bytes > 1e6 ? 350 : 3000);
    uploads[size.name] = await withServer(
      bench,
      'ours',
      (server, folder) => measureThroughput(server, requests, size, bench.scale, folder),
      options,
    );
  }
  return withServer(
    bench,
    'ours',
    async (server, folder) => {
      const { bytes } = sizeNamed('10 KiB');
      await sendAll(server.port, makeRequests(form, bytes, 100), 4);
      await server.stop();
      const [request = [], ...more] = makeRequests(form, bytes, 1 + UPLOADS);
      const service = await serve(folder, request, root);
      try {
        await sleep(REST);
        const rest = residentMemory(service.pid);
        await sendAll(service.port, more, 4);
        await sleep(LONG_REST);
        const { milliseconds, cpu } = service;
        return { uploads, start: milliseconds, startCpu: cpu, rest, used: residentMemory(service.pid) };
      } finally {
        await service.stop();
      }
    },
    options,
  );
}
