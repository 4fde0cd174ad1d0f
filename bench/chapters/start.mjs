/** From `coupon-media serve` to the first answered upload. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sendAll } from '../load/closed-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { MEASURED_CORE, pinned } from '../measure/processor.mjs';
import { withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<number[]>} milliseconds of each start
 */
export async function measure(bench) {
  // A folder with a merchant and some uploads: what a service is restarted on.
  return withServer(bench, 'ours', async (server, folder) => {
    const { bytes } = sizeNamed('10 KiB');
    const form = signedUpload(bench.identity);
    await sendAll(server.port, makeRequests(form, bytes, 100), 4);
    await server.stop();
    const times = [];
    for (let start = 0; start < bench.scale.starts; start += 1) {
      const [request] = makeRequests(form, bytes, 1);
      if (request) times.push(await timeStart(folder, request));
    }
    return times;
  });
}

/**
 * @param {string} folder
 * @param {import('../load/requests.mjs').Request} request
 */
async function timeStart(folder, request) {
  const port = await freePort();
  const serve = [process.execPath, MAIN, 'serve', '--data', folder, '--port', String(port)];
  const [command = '', ...args] = pinned(MEASURED_CORE, serve);
  const began = performance.now();
  const service = spawn(command, args, { stdio: 'ignore' });
  try {
    for (;;) {
      const answered = await sendAll(port, [request], 1).then(
        () => true,
        () => false,
      );
      if (answered) return performance.now() - began;
      if (service.exitCode !== null) throw new Error(`coupon-media serve ended with ${service.exitCode}`);
      await sleep(2);
    }
  } finally {
    // One that has ended by itself tells nobody a second time.
    if (service.kill('SIGKILL')) await once(service, 'exit');
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
