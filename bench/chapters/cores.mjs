/** Compares one process on two cores with the same on one. The load runs on the same cores, since there are no others. */
import { signedUpload } from '../load/requests.mjs';
import { BOTH_CORES, LOAD_CORE, MEASURED_CORE, pin } from '../measure/processor.mjs';
import { measureThroughput, requestsFor, withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** @typedef {{ one: number, two: number }} CoresRound uploads a second */

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<CoresRound[]>}
 */
export async function measure(bench) {
  const rounds = [];
  for (let round = 0; round < bench.scale.rounds; round += 1) {
    bench.say(`round ${round + 1} of ${bench.scale.rounds}`);
    rounds.push({ one: await rateOn(bench, MEASURED_CORE), two: await rateOn(bench, BOTH_CORES) });
  }
  return rounds;
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {string} cores
 */
async function rateOn(bench, cores) {
  const size = sizeNamed('10 KiB');
  const requests = requestsFor(signedUpload(bench.identity), size, bench.scale, 5000);
  try {
    return await withServer(
      bench,
      'ours',
      async (server) => {
        pin(process.pid, cores);
        return (await measureThroughput(server, requests, size, bench.scale)).rate;
      },
      { cores },
    );
  } finally {
    pin(process.pid, LOAD_CORE);
  }
}
