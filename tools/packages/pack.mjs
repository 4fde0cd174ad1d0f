/**
 * `npm run pack`: packs all packages as npm would publish them, and tells what comes with them.
 *
 *   npm run pack -- --into DIR     the tarballs (default: packed/), and the command that installs them for each purpose
 *   npm run pack -- --count        and installs them into empty folders: how many packages, and how many MB
 *
 * Packages are counted as npm itself lists them once it is done (node_modules/.package-lock.json), ours among them; MB are the
 * sizes of all files in node_modules. It needs the registry, and takes about a minute.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from '../setup.mjs';
import { buildCommonJs } from './commonjs.mjs';

/** @typedef {{ name: string, folder: string, needs: string[] }} Package */

/** Who installs what, by the packages that they name. */
const INSTALLS = [
  ['coupon-media'],
  ['@coupon-media/client'],
  ['@coupon-media/sandbox'],
  ['coupon-media', '@coupon-media/service-cli'],
  ['coupon-media', '@coupon-media/service-cli', '@coupon-media/cluster'],
  ['coupon-media', '@coupon-media/service-cli', '@coupon-media/relay'],
  ['@coupon-media/client', '@coupon-media/pkcs11'],
];

/**
 * Packs every package of a clone.
 * @param {string} clone its folder
 * @param {string} into where the tarballs go; made if it is not there
 * @returns {Map<string, string>} the tarball of each package
 */
export function pack(clone, into) {
  const unbuilt = packagesOf(clone).filter(({ folder }) => !existsSync(path.join(folder, 'dist')));
  if (unbuilt.length > 0)
    throw new Error(`not built, so there is nothing to pack: ${unbuilt.map(({ name }) => name).join(', ')}`);
  buildCommonJs(clone);
  mkdirSync(into, { recursive: true });
  const args = [
    'pack',
    '--workspaces',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    path.resolve(into),
  ];
  /** @type {{ name: string, filename: string }[]} */
  const packed = JSON.parse(npm(args, clone));
  return new Map(packed.map(({ name, filename }) => [name, path.resolve(into, filename)]));
}

/**
 * Installs packages from tarballs into a folder of nothing, with those of ours that they need.
 * @param {string} clone
 * @param {ReadonlyMap<string, string>} tarballs
 * @param {readonly string[]} names
 * @param {string} folder made if it is not there
 */
export function installPacked(clone, tarballs, names, folder) {
  const wanted = withNeeds(packagesOf(clone), names);
  const dependencies = Object.fromEntries(wanted.map((name) => [name, `file:${tarballs.get(name)}`]));
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'uses-coupon-media', version: '0.0.0', private: true, dependencies }; // npm sbom asks for both
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline'], folder);
}

/**
 * @param {readonly Package[]} packages
 * @param {readonly string[]} names
 * @returns {string[]} these and all of ours below them
 */
function withNeeds(packages, names) {
  const found = new Set(names);
  for (const name of found) {
    for (const need of packages.find((one) => one.name === name)?.needs ?? []) found.add(need);
  }
  return [...found];
}

/**
 * @param {string} clone
 * @returns {Package[]}
 */
function packagesOf(clone) {
  const { workspaces } = readJson(path.join(clone, 'package.json'));
  const folders = /** @type {string[]} */ (workspaces).map((workspace) => path.join(clone, workspace));
  const manifests = folders.map((folder) => ({ folder, ...readJson(path.join(folder, 'package.json')) }));
  const ours = new Set(manifests.map(({ name }) => name));
  return manifests.map(({ name, folder, dependencies = {} }) => ({
    name,
    folder,
    needs: Object.keys(dependencies).filter((dependency) => ours.has(dependency)),
  }));
}

/**
 * @param {string} folder in which was installed
 * @returns {{ packages: number, bytes: number }}
 */
function counted(folder) {
  const modules = path.join(folder, 'node_modules');
  const { packages } = readJson(path.join(modules, '.package-lock.json'));
  return { packages: Object.keys(packages).length, bytes: bytesUnder(modules) };
}

/**
 * @param {string} folder
 * @returns {number}
 */
function bytesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const full = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesUnder(full) : lstatSync(full).size);
  }, 0);
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const run = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  if (run.status !== 0) throw new Error(`npm ${args[0]} failed:\n${run.stderr || run.error?.message}`);
  return run.stdout;
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * Until the packages are on npm, what they need of each other has to be named as well.
 * @param {string} clone
 * @param {ReadonlyMap<string, string>} tarballs
 */
function installLines(clone, tarballs) {
  const packages = packagesOf(clone);
  return INSTALLS.filter((names) => names.every((name) => tarballs.has(name))).map((names) => {
    const files = withNeeds(packages, names).map((name) => tarballs.get(name));
    return `# ${names.join(' and ')}\nnpm install ${files.join(' ')}`;
  });
}

/**
 * @param {string} clone
 * @param {ReadonlyMap<string, string>} tarballs
 */
function count(clone, tarballs) {
  const known = INSTALLS.filter((names) => names.every((name) => tarballs.has(name)));
  for (const names of known) {
    const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-pack-'));
    try {
      installPacked(clone, tarballs, names, folder);
      const { packages, bytes } = counted(folder);
      const megabytes = (bytes / 1e6).toFixed(1);
      process.stdout.write(
        `${String(packages).padStart(4)} packages  ${megabytes.padStart(6)} MB  ${names.join(' + ')}\n`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** @param {string[]} argv */
export function main(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      into: { type: 'string', default: 'packed' },
      count: { type: 'boolean', default: false },
      clone: { type: 'string', default: root }, // another clone, to compare with
    },
  });
  try {
    const tarballs = pack(values.clone, values.into);
    for (const [name, tarball] of tarballs)
      process.stdout.write(`${name}  ${path.relative('', tarball)}  ${lstatSync(tarball).size} bytes\n`);
    process.stdout.write(
      `\nto install, in another folder:\n${installLines(values.clone, tarballs).join('\n')}\n`,
    );
    if (values.count) count(values.clone, tarballs);
  } catch (error) {
    process.stderr.write(`pack: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
