/** `coupon-media serve` as its users start it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sendAll } from '../load/closed-loop.mjs';
import { MEASURED_CORE, pinned, processorTime } from './processor.mjs';

/** The root of this state of the project. */
export const ownRoot = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @typedef {object} Served
 * @property {number} pid
 * @property {number} port
 * @property {number} milliseconds from exec to the response of the first upload
 * @property {number} cpu microseconds of processor time that it used for it
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the service on a folder and sends an upload until it responds.
 * @param {string} folder that knows the merchant
 * @param {import('../load/requests.mjs').Request} request
 * @param {string} [root] of the state of the project that is measured; default: this one
 * @returns {Promise<Served>}
 */
export async function serve(folder, request, root = ownRoot) {
  const port = await freePort();
  const options = ['--data', folder, '--port', String(port), '--quota', '0'];
  const [program = '', ...args] = pinned(MEASURED_CORE, [
    process.execPath,
    commandOf(root),
    'serve',
    ...options,
  ]);
  const began = performance.now();
  const service = spawn(program, args, { stdio: 'ignore' });
  const stop = async () => {
    // A process that has ended by itself emits no second exit.
    if (service.kill('SIGKILL')) await once(service, 'exit');
  };
  for (;;) {
    const answered = await sendAll(port, [request], 1).then(
      () => true,
      () => false,
    );
    const milliseconds = performance.now() - began;
    const pid = Number(service.pid);
    if (answered) return { pid, port, milliseconds, cpu: processorTime(pid), stop };
    if (service.exitCode !== null) throw new Error(`coupon-media serve ended with ${service.exitCode}`);
    await sleep(2);
  }
}

/** @param {string} root @returns {string} the script that `coupon-media` runs */
export function commandOf(root) {
  const cli = path.join(root, 'packages', 'cli');
  const { bin } = JSON.parse(readFileSync(path.join(cli, 'package.json'), 'utf8'));
  return path.join(cli, bin['coupon-media']);
}

/** @returns {Promise<number>} */
export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
