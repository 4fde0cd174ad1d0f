/** The runtimes that are tried: the oldest and the newest of each release line of Node that is supported, and others. All come from npm. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Runtime
 * @property {string} name as the table shows it
 * @property {string} version
 * @property {string} package without its version; its binary needs no install script
 * @property {string} binary in the package
 * @property {string[]} run what comes between the binary and a program
 */

/** @type {(version: string) => Runtime} */
const node = (version) => ({
  name: 'Node',
  version,
  package: `node-${process.platform}-${process.arch}`,
  binary: 'bin/node',
  run: [],
});

/** @type {readonly Runtime[]} */
export const RUNTIMES = [
  node('20.19.0'),
  node('20.20.2'),
  node('22.23.3'),
  node('24.21.0'),
  node('26.12.1'),
  {
    name: 'Bun',
    version: '1.4.5',
    package: `@oven/bun-${process.platform}-${process.arch}`,
    binary: 'bin/bun',
    run: [],
  },
  {
    name: 'Deno',
    version: '2.9.6',
    package: `@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`,
    binary: 'deno',
    run: ['run', '--allow-all'],
  },
];

/**
 * @param {Runtime} runtime
 * @param {string} cache a folder that is kept from run to run
 * @returns {string[]} the words before a program
 * @throws {Error} with the words of npm
 */
export function installRuntime(runtime, cache) {
  const folder = path.join(cache, `${runtime.name}-${runtime.version}`);
  const binary = path.join(folder, 'node_modules', runtime.package, runtime.binary);
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const dependencies = { [runtime.package]: runtime.version };
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
    const npm = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
    if (npm.status !== 0) throw new Error(npm.stderr || String(npm.error));
  }
  return [binary, ...runtime.run];
}
