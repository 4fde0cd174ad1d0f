/**
 * `npm run runtimes:wide`: packs the packages, installs them as their users do, does the same tasks on each runtime, and writes docs/RUNTIMES.md.
 * Outside CI. `--only TEXT` does the tasks of the runtimes whose name and version contain it, and keeps what was seen of the others on this machine.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from '@coupon-media/sandbox';
import { installPacked, pack } from '../packages/pack.mjs';
import { root } from '../setup.mjs';
import { installRuntime, RUNTIMES } from './runtimes.mjs';
import { tableOf } from './table.mjs';
import { TASKS } from './tasks.mjs';
import { createWorld, firstLine } from './world.mjs';

const CACHE = path.join(tmpdir(), 'coupon-media-runtimes');
/** What was seen by earlier runs on this machine. */
const KEPT = path.join(CACHE, 'seen.json');

/** @param {string[]} argv */
export async function main(argv) {
  const { values } = parseArgs({ args: argv, options: { only: { type: 'string' } } });
  const app = installApp();
  const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-runtimes-'));
  const sandbox = await startSandbox();
  /** @type {import('./table.mjs').Column[]} */
  const columns = [];
  try {
    for (const runtime of RUNTIMES) {
      const name = nameOf(runtime);
      if (values.only && !name.includes(values.only)) continue;
      const { credentialsPath: profile, credentials } = sandbox;
      const place = { profile, baseUrl: credentials.baseUrl, isOther: runtime.name !== 'Node' };
      const words = installRuntime(runtime, CACHE);
      /** @type {import('./table.mjs').Column} */
      const column = { name, results: [] };
      for (const [at, task] of TASKS.entries()) {
        const world = createWorld(app, words, {
          ...place,
          folder: path.join(folder, `${name.replace(' ', '-')}-${at}`),
        });
        const failure = await task.run(world).then(
          () => null,
          (error) =>
            firstLine(error instanceof Error ? error.message : String(error)).replaceAll(folder, '…'),
        );
        process.stdout.write(
          `${name}: ${failure ? '✗' : '✓'} ${task.room}: ${task.title}${failure ? `: ${failure}` : ''}\n`,
        );
        column.results.push(failure);
      }
      columns.push(column);
    }
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const known = new Map([...keptColumns(), ...columns].map((column) => [column.name, column]));
  const listed = RUNTIMES.flatMap((runtime) => known.get(nameOf(runtime)) ?? []);
  writeFileSync(KEPT, JSON.stringify(listed));
  writeFileSync(path.join(root, 'docs/RUNTIMES.md'), tableOf(TASKS, listed, new Date()));
}

/** @param {import('./runtimes.mjs').Runtime} runtime */
function nameOf({ name, version }) {
  return `${name} ${version}`;
}

/** @returns {import('./table.mjs').Column[]} those that were made with the same tasks */
function keptColumns() {
  if (!existsSync(KEPT)) return [];
  /** @type {import('./table.mjs').Column[]} */
  const columns = JSON.parse(readFileSync(KEPT, 'utf8'));
  return columns.filter(({ results }) => results.length === TASKS.length);
}

/** @returns {string} a folder with all packages as npm gives them */
function installApp() {
  const folder = path.join(CACHE, 'app');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const tarballs = pack(root, path.join(CACHE, 'packed'));
  installPacked(root, tarballs, [...tarballs.keys()], folder);
  copyFileSync(new URL('app.mjs', import.meta.url), path.join(folder, 'app.mjs'));
  copyFileSync(path.join(root, 'packages/sandbox/images/coupon.png'), path.join(folder, 'coupon.png'));
  return folder;
}
