/**
 * Brings a clone to where it can run: dependencies installed, packages built. Does nothing, fast, when nothing is to do.
 * It runs before anything is installed and on any Node since 14, so it stays with that language and with Node's own modules.
 */
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const buildStamp = path.join(root, 'node_modules', '.coupon-media-build');

/** Says in one line what is missing and ends the program; every caller of this file begins with it. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`coupon-media needs Node 20.19 or newer, and this is Node ${process.versions.node}.`);
}

/**
 * Installs when package-lock.json asks for other packages than node_modules holds, then builds when a source is newer than
 * its build. Safe to run twice at once: the second waits for the first.
 * @param {{ build?: boolean }} options build: false leaves the packages as they are
 */
export function setup(options = {}) {
  requireNode();
  if (!installed()) locked(() => installed() || install());
  if (options.build !== false && !build()) fail('The build failed; what the compiler says is above.');
}

/**
 * Compiles what has changed, and removes what has no source any more.
 * @returns {boolean} false when the compiler found errors; it has printed them
 */
export function build() {
  return built() || locked(() => built() || compile());
}

/** Removes what was built; the installed packages stay. */
export function clean() {
  for (const directory of packages())
    for (const made of ['dist', 'cjs', 'static']) remove(path.join(directory, made));
  remove(path.join(root, 'coverage'));
  remove(buildStamp);
}

/**
 * @param {number} since a time of Date.now()
 * @returns {string}
 */
export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** npm leaves in node_modules a lockfile of what it really installed: comparing the two needs no stamp of our own. */
function installed() {
  const wanted = readJson(path.join(root, 'package-lock.json'));
  const found = readJson(path.join(root, 'node_modules', '.package-lock.json'));
  if (!wanted) fail('package-lock.json is missing or unreadable: is this a whole clone?');
  if (!found) return false;
  return Object.entries(wanted.packages).every(([where, entry]) => {
    if (!where.startsWith('node_modules/')) return true;
    const there = found.packages[where];
    if (!there) return entry.optional === true;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

function install() {
  note('installing dependencies (once) …');
  const started = Date.now();
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline'];
  const npm = process.env.npm_execpath;
  const run =
    npm && path.basename(npm) === 'npm-cli.js'
      ? spawnSync(process.execPath, [npm, ...args], { cwd: root, encoding: 'utf8' })
      : spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (run.status !== 0) {
    process.stderr.write(`${run.stdout || ''}${run.stderr || ''}`);
    fail(
      run.error ? `npm could not be started: ${run.error.message}` : 'npm ci failed; what it says is above.',
    );
  }
  note(`installed in ${seconds(started)}`);
}

function compile() {
  const fingerprint = sourceFingerprint(); // taken before, so that an edit during the build leads to another one
  for (const directory of packages()) repairDist(directory);
  note('building …');
  const started = Date.now();
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [compiler, '-b'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status !== 0 || !pages().every(buildPage) || !printers().every(writePrinted)) return false;
  fs.writeFileSync(buildStamp, fingerprint);
  note(`built in ${seconds(started)}`);
  return true;
}

function built() {
  return (
    readText(buildStamp) === sourceFingerprint() &&
    packages().every((directory) => missingAndStale(directory).length === 0) &&
    pages().every((directory) => fs.existsSync(path.join(directory, 'static', 'index.html'))) &&
    printers().every((directory) => fs.existsSync(path.join(directory, 'dist', 'printed.en.json')))
  );
}

/** @returns {string[]} the packages that keep what they print beside their code */
function printers() {
  return packages().filter((directory) => fs.existsSync(path.join(directory, 'src', 'printed.ts')));
}

/**
 * Runs only when all packages are built, since the command's help has the commands of another one.
 * @param {string} directory of its package
 * @returns {boolean} false when it failed; it has printed why
 */
function writePrinted(directory) {
  const script = path.join(directory, 'dist', 'printed.js');
  return spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] }).status === 0;
}

/** @returns {string[]} the packages that have a page for browsers beside their code */
function pages() {
  return packages().filter((directory) => fs.existsSync(path.join(directory, 'vite.config.mjs')));
}

/**
 * Makes static files of a page. Its types are checked by `npm run check`, since the bundler strips them.
 * @param {string} directory of its package
 * @returns {boolean} false when the bundler failed; it has printed why
 */
function buildPage(directory) {
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const run = spawnSync(process.execPath, [vite, 'build'], { cwd: directory, stdio: ['ignore', 2, 2] });
  return run.status === 0;
}

/** Names, sizes and times of everything that decides about the build. */
function sourceFingerprint() {
  const hash = crypto.createHash('sha256');
  const directories = packages();
  const inputs = [path.join(root, 'tsconfig.base.json'), path.join(root, 'tsconfig.json')];
  for (const directory of directories) {
    inputs.push(path.join(directory, 'package.json'), path.join(directory, 'tsconfig.json'));
    inputs.push(...filesUnder(path.join(directory, 'src')));
    inputs.push(path.join(directory, 'vite.config.mjs'), ...filesUnder(path.join(directory, 'page')));
  }
  inputs.push(path.join(root, 'node_modules', '.package-lock.json'));
  for (const input of inputs) {
    const stat = fs.statSync(input, { throwIfNoEntry: false });
    hash.update(`${path.relative(root, input)}\0${stat ? `${stat.size}\0${stat.mtimeMs}` : 'absent'}\n`);
  }
  return hash.digest('hex');
}

/**
 * Where dist and src disagree, the compiler's memory of the package goes too, or it would call the package up to date.
 * @param {string} directory
 */
function repairDist(directory) {
  const wrong = missingAndStale(directory);
  for (const stem of wrong) {
    for (const suffix of ['.js', '.js.map', '.d.ts', '.d.ts.map'])
      remove(path.join(directory, 'dist', stem + suffix));
  }
  if (wrong.length > 0) remove(path.join(directory, 'dist', '.tsbuildinfo'));
}

/**
 * @param {string} directory
 * @returns {string[]} file stems that have a source and no output, or an output and no source
 */
function missingAndStale(directory) {
  const sources = stems(path.join(directory, 'src'), /(?<!\.d)\.tsx?$/);
  const outputs = stems(path.join(directory, 'dist'), /\.js$/);
  return [...sources]
    .filter((stem) => !outputs.has(stem))
    .concat([...outputs].filter((stem) => !sources.has(stem)));
}

/**
 * @param {string} directory
 * @param {RegExp} suffix
 */
function stems(directory, suffix) {
  const files = filesUnder(directory).filter((file) => suffix.test(file));
  return new Set(files.map((file) => path.relative(directory, file).replace(suffix, '')));
}

/** @returns {string[]} the folders of all packages */
function packages() {
  const parent = path.join(root, 'packages');
  return fs
    .readdirSync(parent)
    .sort()
    .map((name) => path.join(parent, name))
    .filter((directory) => fs.existsSync(path.join(directory, 'tsconfig.json')));
}

/**
 * @param {string} directory
 * @returns {string[]}
 */
function filesUnder(directory) {
  if (!fs.existsSync(directory)) return [];
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name);
    return entry.isDirectory() ? filesUnder(full) : [full];
  });
}

/**
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
function locked(work) {
  const waiting = (/** @type {string} */ owner) => note(`waiting for another set-up (process ${owner}) …`);
  return withLock(path.join(root, '.setup-lock'), waiting, work);
}

/** @param {string} file */
function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} target */
function remove(target) {
  fs.rmSync(target, { recursive: true, force: true });
}

/** @param {string} line */
function note(line) {
  process.stderr.write(`coupon-media: ${line}\n`);
}

/**
 * @param {string} line
 * @returns {never}
 */
function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
