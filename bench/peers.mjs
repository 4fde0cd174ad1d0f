/** Installs the packages for comparison, only for the bench and from its own lockfile. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** @throws if npm fails, which has printed the reason */
export function installPeers() {
  if (installed()) return;
  process.stderr.write('bench: installing what we are measured beside …\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm ci failed in bench/');
}

/** npm writes a lockfile of the installed packages. */
function installed() {
  const wanted = versions('package-lock.json');
  const found = versions('node_modules/.package-lock.json');
  return wanted.size > 0 && [...wanted].every(([where, version]) => found.get(where) === version);
}

/** @param {string} file @returns {Map<string, string>} */
function versions(file) {
  try {
    /** @type {[string, { version: string, optional?: boolean }][]} */
    const entries = Object.entries(JSON.parse(readFileSync(folder + file, 'utf8')).packages);
    return new Map(
      entries
        .filter(([where, { optional }]) => where && !optional)
        .map(([where, { version }]) => [where, version]),
    );
  } catch {
    return new Map();
  }
}
