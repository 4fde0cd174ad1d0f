/**
 * Debian's packages, for tests that need them. apt-get waits for its lock on what is installed, but neither for those on its lists
 * nor on its archive: whoever installs here waits for the others.
 * Usage: node tools/engines/packages.mjs NAME…, of packages that are called like the program that they bring.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../lock.mjs';
import { seconds } from '../setup.mjs';
import { findProgram } from './programs.mjs';

/** Debian's own way to ask, while packages are unpacked, whether their services may be started. */
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs packages, where that is possible: as root, with apt-get.
 *
 * @param {() => string[]} wanted asked when it is this process's turn: another may have brought them meanwhile
 */
export function installPackages(wanted) {
  if (wanted().length === 0 || process.getuid?.() !== 0 || !findProgram('apt-get')) return;
  withLock(
    path.join(tmpdir(), 'coupon-media-packages.lock'),
    (owner) => note(`waiting for process ${owner}, which installs packages for the tests`),
    () => wanted().length > 0 && install(wanted()),
  );
}

/** @param {string[]} packages */
function install(packages) {
  note(`installing for the tests (once): ${packages.join(' ')}`);
  const started = Date.now();
  // Without this, Debian would start PostgreSQL and Redis as services of the machine.
  const forbid = !existsSync(POLICY);
  if (forbid) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    if (apt('install', ...packages) && apt('update')) apt('install', ...packages);
  } finally {
    if (forbid) rmSync(POLICY, { force: true });
  }
  note(`installed ${packages.join(' ')} in ${seconds(started)}`);
}

/**
 * @param {string[]} args
 * @returns {boolean} whether it failed
 */
function apt(...args) {
  const options = ['-qq', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = spawnSync('apt-get', [...options, ...args], { encoding: 'utf8', env: environment });
  if (run.status !== 0) note(`apt-get ${args[0]}: ${run.stderr.trim().split('\n').at(-1)}`);
  return run.status !== 0;
}

/** @param {string} text */
function note(text) {
  process.stderr.write(`coupon-media: ${text}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const packages = process.argv.slice(2);
  installPackages(() => packages.filter((name) => !findProgram(name)));
}
