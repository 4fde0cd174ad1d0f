/**
 * The engines that tests run against: found, or installed from Debian's packages.
 * Usage: node tools/engines/install.mjs. It does nothing, fast, when nothing is missing.
 */
import { fileURLToPath } from 'node:url';
import { installPackages } from './packages.mjs';
import { findProgram } from './programs.mjs';

/** What each engine is run by, and the packages that bring it. */
const ENGINES = {
  postgres: { programs: ['postgres', 'initdb', 'psql'], packages: ['postgresql'] },
  pgbouncer: { programs: ['pgbouncer'], packages: ['pgbouncer'] },
  redis: { programs: ['redis-server'], packages: ['redis-server'] },
  s3: {
    programs: ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'],
    packages: ['ceph-common', 'ceph-mon', 'ceph-osd', 'radosgw'],
  },
  balancer: { programs: ['haproxy'], packages: ['haproxy'] },
  nginx: { programs: ['nginx'], packages: ['nginx-light'] },
  // Only the program: the package apache2 brings a service and its configuration.
  apache: { programs: ['apache2'], packages: ['apache2-bin'] },
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
  installPackages(() => lacking().flatMap((engine) => ENGINES[engine].packages));
  return lacking().map((engine) => ({ engine, why: missing(engine) ?? '' }));
}

function lacking() {
  return ALL.filter((engine) => missing(engine));
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
