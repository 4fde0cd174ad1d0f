/**
 * `npm run release`: packs all packages, installs the tarballs into an empty folder, uses what they bring by its public names, and
 * writes an SBOM. It publishes nothing: it ends with the commands that would, in the order in which they must be given.
 *
 *   npm run release -- --dry-run       the same without these commands
 *   npm run release -- --into DIR      where tarballs and SBOM go (default: packed/)
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root, seconds } from '../setup.mjs';
import { installPacked, pack } from './pack.mjs';

/** @param {string[]} argv */
export function main(argv) {
  const { values } = parseArgs({
    args: argv,
    options: { into: { type: 'string', default: 'packed' }, 'dry-run': { type: 'boolean', default: false } },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-release-'));
  try {
    const tarballs = packed(values.into);
    installed(tarballs, folder);
    used(folder);
    billOfMaterials(folder, path.join(values.into, 'sbom.cdx.json'));
    tell(values['dry-run'] ? 'dry run: nothing is published' : publishing(tarballs));
  } catch (error) {
    process.stderr.write(`release: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} into
 * @returns {Map<string, string>}
 */
function packed(into) {
  tell('packed');
  const tarballs = pack(root, into);
  for (const [name, tarball] of tarballs)
    tell(`  ${name}  ${path.relative('', tarball)}  ${statSync(tarball).size} bytes`);
  return tarballs;
}

/**
 * @param {ReadonlyMap<string, string>} tarballs
 * @param {string} folder
 */
function installed(tarballs, folder) {
  const started = Date.now();
  installPacked(root, tarballs, [...tarballs.keys()], folder);
  const { packages } = readJson(path.join(folder, 'node_modules/.package-lock.json'));
  tell(`installed into an empty folder: ${Object.keys(packages).length} packages in ${seconds(started)}`);
}

/** @param {string} folder */
function used(folder) {
  tell('used');
  const script = path.join(folder, 'use-installed.mjs');
  copyFileSync(path.join(root, 'tools/packages/use-installed.mjs'), script);
  // Whoever has settings of the service in the environment wants them in no trial.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(COUPON_MEDIA|OTEL)_/.test(name)),
  );
  const run = spawnSync(process.execPath, [script], { cwd: folder, env, stdio: 'inherit' });
  if (run.status !== 0) throw new Error('what was packed cannot be used; what failed is above');
}

/**
 * @param {string} folder
 * @param {string} file
 */
function billOfMaterials(folder, file) {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--omit', 'dev'];
  const run = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`npm sbom failed:\n${run.stderr || run.error?.message}`);
  const { specVersion, components } = JSON.parse(run.stdout);
  writeFileSync(file, run.stdout);
  tell(`SBOM: ${path.relative('', file)}, CycloneDX ${specVersion}, ${components.length} components`);
}

/**
 * What a package needs goes before it, so that nobody installs one whose needs are not there yet.
 * @param {ReadonlyMap<string, string>} tarballs
 */
function publishing(tarballs) {
  const { repository } = readJson(path.join(root, 'packages/client/package.json'));
  const placeholder = /\.example\//.test(repository.url)
    ? `\nbefore that, put the repository's address into each package.json: ${repository.url} is a placeholder`
    : '';
  const commands = [...tarballs.values()].map(
    (tarball) => `  npm publish --access public ${path.relative('', tarball)}`,
  );
  return ['nothing was published; to do so:', ...commands].join('\n') + placeholder;
}

/** @param {string} line */
function tell(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
