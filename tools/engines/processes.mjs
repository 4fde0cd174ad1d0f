/** Engines as processes: started in the foreground, each with a folder, ended by their ids and never left behind. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Milliseconds that an engine has to start, and to end when it is asked to before it is killed. */
const PATIENCE = { start: 60_000, end: 5_000 };

/**
 * A process of an engine.
 * @typedef {object} EngineProcess
 * @property {number} pid
 * @property {() => boolean} isRunning
 * @property {(signal: NodeJS.Signals) => void} signal to it and to its children
 * @property {(signal?: NodeJS.Signals) => Promise<void>} end resolves when it and its children are gone
 */

/**
 * @param {string} name
 * @param {string} program
 * @param {string[]} args
 * @param {{ log: string, endBy?: NodeJS.Signals, cwd?: string, environment?: Record<string, string> }} options log: where its output
 *   goes. endBy: what asks it to end. environment: further variables
 * @returns {EngineProcess}
 */
export function startProcess(name, program, args, { log, endBy = 'SIGKILL', cwd, environment }) {
  const output = openSync(log, 'a');
  // A group of its own: what a terminal sends to the tests is not for it.
  const env = { ...process.env, ...environment };
  const child = spawn(program, args, { stdio: ['ignore', output, output], detached: true, cwd, env });
  closeSync(output);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} does not start: ${program}`);
  let running = true;
  child.once('exit', () => {
    running = false;
    tellGuard('ended', String(pid));
  });
  child.once('error', () => {
    running = false;
  });
  child.unref();
  tellGuard('process', String(pid), endBy);
  return {
    pid,
    isRunning: () => running,
    signal(signal) {
      for (const id of [pid, ...childrenOf(pid)]) send(id, signal);
    },
    async end(signal = endBy) {
      await end(pid, signal);
      while (running) await sleep(5); // until Node has seen it, too
    },
  };
}

/**
 * Ends a process and its children: asks, then kills.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export async function end(pid, signal) {
  const children = childrenOf(pid);
  send(pid, signal);
  send(pid, 'SIGCONT'); // one that stands still does not hear
  for (const child of children) send(child, 'SIGCONT');
  const deadline = Date.now() + (signal === 'SIGKILL' ? 0 : PATIENCE.end);
  while (Date.now() < deadline && isRunning(pid)) await sleep(10);
  for (const id of [pid, ...children]) send(id, 'SIGKILL');
  while ([pid, ...children].some(isRunning)) await sleep(5);
}

/**
 * Waits for an engine to answer.
 * @param {string} name
 * @param {string} log shown where it does not
 * @param {readonly EngineProcess[]} processes all of which must stay
 * @param {() => Promise<unknown> | unknown} probe truthy when the engine answers; may throw
 */
export async function untilReady(name, log, processes, probe) {
  const deadline = Date.now() + PATIENCE.start;
  for (;;) {
    const ready = await Promise.resolve()
      .then(probe)
      .catch(() => false);
    if (ready) return;
    if (Date.now() > deadline || processes.some((process) => !process.isRunning()))
      throw new Error(`${name} did not start: ${lastLines(log)}`);
    await sleep(30);
  }
}

/**
 * @param {number} port of 127.0.0.1
 * @returns {Promise<boolean>} whether a connection to it is accepted
 */
export function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** @returns {string} a new folder, removed when the process that asked has gone, if not before by removeFolder */
export function createFolder(/** @type {string} */ name) {
  const folder = mkdtempSync(path.join(tmpdir(), `coupon-media-${name}-`));
  tellGuard('folder', folder);
  return folder;
}

/** @param {string} folder */
export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  tellGuard('removed', folder);
}

/**
 * A free port on loopback, beneath those that the kernel gives to outgoing connections: an engine that is down for a
 * while finds its port free again.
 * @returns {Promise<number>}
 */
export async function freePort() {
  const [lowest = 32_768] = readOr('/proc/sys/net/ipv4/ip_local_port_range', '32768')
    .split(/\s+/)
    .map(Number);
  const least = 10_000;
  const most = Math.max(lowest, least + 1_000);
  for (;;) {
    const port = least + Math.floor(Math.random() * (most - least));
    if (await isFree(port)) return port;
  }
}

/** @param {number} port */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @type {import('node:child_process').ChildProcess | undefined} */
let guard;

/** @param {string[]} words */
function tellGuard(...words) {
  guard ??= startGuard();
  guard.stdin?.write(`${words.join('\t')}\n`);
}

function startGuard() {
  const started = spawn(process.execPath, [fileURLToPath(new URL('guard.mjs', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  started.unref();
  /** @type {import('node:net').Socket} */ (started.stdin).unref();
  return started;
}

/** @param {number} pid */
function childrenOf(pid) {
  if (!existsSync('/proc')) return []; // elsewhere than on Linux they end with their parent
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => parentOf(id) === pid);
}

/** @param {number} pid */
function parentOf(pid) {
  // The program's name stands in brackets, and may hold anything.
  const [, after = ''] = /^.*\) \S (\d+)/s.exec(readOr(`/proc/${pid}/stat`, '')) ?? [];
  return Number(after);
}

/** @param {number} pid */
function isRunning(pid) {
  const state = /^.*\) (\S)/s.exec(readOr(`/proc/${pid}/stat`, ''))?.[1];
  return state !== undefined && state !== 'Z';
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // it has gone
  }
}

/** @param {string} log */
function lastLines(log) {
  return readOr(log, '(it said nothing)').trim().split('\n').slice(-5).join('\n');
}

/**
 * @param {string} file
 * @param {string} otherwise
 */
function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
