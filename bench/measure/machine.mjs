/** Describes the machine of the measurement. */
import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import os from 'node:os';
import { canPin } from './processor.mjs';

/**
 * @typedef {object} Machine
 * @property {string} date
 * @property {string} processor
 * @property {number} cores
 * @property {number} memory GiB
 * @property {string} system
 * @property {string} filesystem
 * @property {string} node
 * @property {string} openssl
 * @property {boolean} pinned whether each side had a core of its own
 */

/**
 * @param {string} folder where images are written
 * @returns {Machine}
 */
export function machine(folder) {
  const cpus = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memory: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    filesystem: FILESYSTEMS.get(statfsSync(folder).type) ?? 'unknown',
    node: process.version,
    openssl: spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout?.split(' (')[0]?.trim() ?? 'none',
    pinned: canPin,
  };
}

/** Magic numbers of statfs(2). */
const FILESYSTEMS = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs: nothing is durable there'],
  [0x794c7630, 'overlayfs'],
]);
