/** `npm run check`: everything that can be wrong without a test failing. Runs all checks, tells all failures. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkContract } from './check-contract.mjs';
import { checkDependencies } from './check-dependencies.mjs';
import { checkDocuments } from './check-documents.mjs';
import { checkLockfile } from './check-lockfile.mjs';
import { checkPaths } from './check-paths.mjs';
import { build, root, seconds } from './setup.mjs';

/** Where imports are judged, by the rules of .dependency-cruiser.mjs. */
const CRUISED = ['packages', 'e2e', 'samples', 'bench', 'tools'];

/** @type {ReadonlyArray<readonly [name: string, check: () => boolean | Promise<boolean>]>} */
const checks = [
  [
    'types',
    async () => {
      const isBuilt = build();
      // A sample is CommonJS, and has the types of that form.
      if (isBuilt) (await import('./packages/commonjs.mjs')).buildCommonJs(root);
      const isTyped = ['tsconfig.test.json', 'packages/console/page'].map((project) =>
        tool('typescript/bin/tsc', '-p', project),
      );
      return isBuilt && isTyped.every(Boolean);
    },
  ],
  ['lint', () => tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings')],
  [
    'imports',
    () => tool('dependency-cruiser/bin/dependency-cruise.mjs', '--output-type', 'err-long', ...CRUISED),
  ],
  ['dead code', () => tool('knip/bin/knip.js', '--no-progress', '--treat-config-hints-as-errors')],
  // Loaded only now, as the last one: they read what was built above.
  ['public surface', async () => told((await import('./packages/api.mjs')).checkApi(root))],
  ['packages', packages],
  ['lockfile', () => told(checkLockfile(root))],
  ['dependencies', () => told(checkDependencies(root))],
  ['contract', () => told(checkContract(root))],
  ['paths in documents', () => told(checkPaths(root))],
  ['commands in documents', () => told(checkDocuments(root))],
  ['deployment', async () => told((await import('./check-deploy.mjs')).checkDeploy(root))],
];

export async function check() {
  const started = Date.now();
  const failed = [];
  for (const [name, run] of checks) {
    const begun = Date.now();
    process.stdout.write(`\n== ${name}\n`);
    const ok = await run();
    process.stdout.write(`   ${name}: ${ok ? 'clean' : 'FAILED'} (${seconds(begun)})\n`);
    if (!ok) failed.push(name);
  }
  const outcome = failed.length === 0 ? 'all clean' : `failed: ${failed.join(', ')}`;
  process.stdout.write(`\ncheck: ${checks.length} checks in ${seconds(started)}, ${outcome}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** What users would get: packed as npm would, and judged. */
async function packages() {
  const { checkPublished } = await import('./packages/published.mjs');
  const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-check-'));
  try {
    return told(await checkPublished(root, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} script
 * @param {string[]} args
 */
function tool(script, ...args) {
  const command = [path.join(root, 'node_modules', script), ...args];
  return (
    spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  );
}

/** @param {string[]} findings */
function told(findings) {
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  return findings.length === 0;
}
