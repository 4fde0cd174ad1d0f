/** The parts of the floor, each alone on the measured core. */
import { spawnSync } from 'node:child_process';
import { startSubject } from './processes.mjs';
import { MEASURED_CORE, pinned } from './processor.mjs';
import { emptyFolder } from './throughput.mjs';

/**
 * Microseconds of processor time of each.
 * @typedef {object} FloorParts
 * @property {number} sign
 * @property {number} verify
 * @property {number} hash of the image
 * @property {number} write and fsync of the image
 * @property {number} writeElapsed what write and fsync take by the clock
 */

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {number} bytes
 * @returns {Promise<FloorParts>}
 */
export async function measureFloorParts(bench, bytes) {
  const folder = emptyFolder(bench, 'floor-parts');
  const subject = await startSubject('measure/floor-parts.mjs', 'parts', {
    folder,
    bytes,
    identity: bench.identity,
  });
  const parts = await subject.ask({});
  await subject.stop();
  return /** @type {FloorParts} */ (parts);
}

/** @returns {number} RSA-2048 signatures a second by `openssl speed` on the measured core; NaN without openssl */
export function opensslSignRate() {
  const [command = '', ...args] = pinned(MEASURED_CORE, ['openssl', 'speed', '-seconds', '1', 'rsa2048']);
  const { stdout = '' } = spawnSync(command, args, { encoding: 'utf8' });
  return Number(/^rsa 2048 bits\s+\S+\s+\S+\s+(\S+)/m.exec(stdout)?.[1] ?? Number.NaN);
}
