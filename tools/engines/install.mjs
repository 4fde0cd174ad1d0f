/**
 * The engines that tests run against: found, or installed from Debian's packages.
 * Usage: node tools/engines/install.mjs. It does nothing, fast, when nothing is missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../lock.mjs';
import { findProgram } from './programs.mjs';

/** Debian's own way to ask, while packages are unpacked, whether their services may be started. */
const POLICY = '/usr/sbin/policy-rc.d';

/** What each engine is run by, and the packages that bring it. */
const ENGINES = {
  postgres: { programs: ['postgres', 'initdb', 'psql'], packages: ['postgresql'] },
  redis: { programs: ['redis-server'], packages: ['redis-server'] },
  s3: {
    programs: ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'],
    packages: ['ceph-common', 'ceph-mon', 'ceph-osd', 'radosgw'],
  },
  balancer: { programs: ['haproxy'], packages: ['haproxy'] },
};

/** @typedef {keyof typeof ENGINES} Engine */

const ALL = /** @type {Engine[]} */ (Object.keys(ENGINES));

/**
 * @param {Engine} engine
 * @returns {string | undefined} why the engine cannot be started, and what would help
 */
export function missing(engine) {
  const { programs, packages } = ENGINES[engine];
  const absent = programs.filter((program) => !findProgram(program));
  if (absent.length === 0) return undefined;
  return `there is no ${absent.join(', no ')}; as root on Debian: apt-get install --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs what is missing, where that is possible: as root, with apt-get. Safe to run twice at once.
 *
 * @returns {{ engine: Engine, why: string }[]} what is missing still
 */
export function installEngines() {
  if (lacking().length > 0 && process.getuid?.() === 0 && findProgram('apt-get')) {
    withLock(
      path.join(tmpdir(), 'coupon-media-engines.lock'),
      (owner) => note(`waiting for process ${owner}, which installs engines for the tests`),
      () => lacking().length > 0 && install(lacking()),
    );
  }
  return lacking().map((engine) => ({ engine, why: missing(engine) ?? '' }));
}

function lacking() {
  return ALL.filter((engine) => missing(engine));
}

/** @param {Engine[]} engines */
function install(engines) {
  const packages = engines.flatMap((engine) => ENGINES[engine].packages);
  note(`installing engines for the tests (once): ${packages.join(' ')}`);
  // Without this, Debian would start PostgreSQL and Redis as services of the machine.
  const forbid = !existsSync(POLICY);
  if (forbid) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    if (apt('install', ...packages) && apt('update')) apt('install', ...packages);
  } finally {
    if (forbid) rmSync(POLICY, { force: true });
  }
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
  for (const { engine, why } of installEngines()) {
    note(`${engine}: ${why}`);
    process.exitCode = 1;
  }
}
