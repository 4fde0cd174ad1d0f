/** An earlier state of this project, built beside this one, so that both are measured in one run. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The state that every change is measured against. */
export const EARLIER = '3dd8648';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Clones the commit and builds it with its own scripts and lockfile. A clone that is complete is used again.
 *
 * @param {string} commit
 * @returns {string} the root of the clone
 * @throws where the history lacks the commit, or its build fails
 */
export function buildEarlier(commit) {
  const clone = path.join(root, 'node_modules', '.cache', `coupon-media-${commit}`);
  if (!existsSync(clone)) {
    try {
      run(root, 'git', 'clone', '--quiet', '--no-checkout', root, clone);
      run(clone, 'git', 'checkout', '--quiet', '--detach', commit);
    } catch (error) {
      rmSync(clone, { recursive: true, force: true });
      throw error;
    }
  }
  run(clone, process.execPath, 'tools/run.mjs', 'build');
  return clone;
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {...string} args
 */
function run(cwd, command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed: ${error ?? `status ${status}`}`);
}
