/** Compares the memory of a process with two hundred open slow uploads with its memory at rest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sendAll } from '../load/closed-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { sendSlowly } from '../load/slow.mjs';
import { residentMemory } from '../measure/processor.mjs';
import { withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** @typedef {{ uploads: number, idle: number, most: number }} Memory bytes */

const UPLOADS = 200;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<Memory>}
 */
export async function measure(bench) {
  const { bytes } = sizeNamed('2 MiB');
  const form = signedUpload(bench.identity);
  return withServer(bench, 'ours', async ({ port, pid }) => {
    // The process is at rest, but it has served uploads: compiled code stays in memory.
    await sendAll(port, makeRequests(form, bytes, 20), 4);
    await sleep(2000);
    const idle = residentMemory(pid);
    const watch = watchMemory(pid);
    bench.say(`${UPLOADS} uploads over ${bench.scale.slowSeconds} s`);
    await sendSlowly(port, makeRequests(form, bytes, UPLOADS), bench.scale.slowSeconds);
    return { uploads: UPLOADS, idle, most: watch.stop() };
  });
}

/** @param {number} pid */
function watchMemory(pid) {
  let most = 0;
  const look = () => {
    most = Math.max(most, residentMemory(pid));
  };
  const timer = setInterval(look, 50);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}
