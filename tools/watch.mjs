/** `npm run watch`: compiles what is changed, and runs the unit tests again, until it is stopped. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './setup.mjs';

/** @param {string[]} args of vitest */
export function watch(args) {
  const compiler = run(
    'typescript/bin/tsc',
    ['-b', '-w', '--preserveWatchOutput'],
    ['ignore', 'inherit', 'inherit'],
  );
  const tests = run('vitest/vitest.mjs', ['watch', '--project', 'unit', ...args], 'inherit');
  tests.once('exit', (code) => {
    process.exitCode = code ?? 1;
    compiler.kill();
  });
}

/**
 * @param {string} script
 * @param {string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 */
function run(script, args, stdio) {
  return spawn(process.execPath, [path.join(root, 'node_modules', script), ...args], { cwd: root, stdio });
}
