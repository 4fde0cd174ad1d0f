/** Cores and processor time, as reported by the operating system. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One core runs the measured program, the other one the load. */
export const MEASURED_CORE = '0';
export const LOAD_CORE = '1';
export const BOTH_CORES = '0,1';

/** Without taskset of util-linux, all processes share all cores, and the report says so. */
export const canPin = spawnSync('taskset', ['--version']).status === 0;

/**
 * Moves a running process with all its threads.
 * @param {number} pid
 * @param {string} cores
 */
export function pin(pid, cores) {
  if (canPin) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)]);
}

/**
 * @param {string} cores
 * @param {string[]} command
 * @returns {string[]} the command, to be run there
 */
export function pinned(cores, command) {
  return canPin ? ['taskset', '--cpu-list', cores, ...command] : command;
}

/**
 * @param {number} pid
 * @returns {number} microseconds of processor time that a process used so far, in user and system mode
 */
export function processorTime(pid) {
  return timeOf(`/proc/${pid}/stat`);
}

/**
 * @param {number} pid
 * @returns {number} microseconds that a process used so far, and all its children, those that have ended, too
 */
export function familyTime(pid) {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return children.reduce((sum, child) => sum + familyTime(Number(child)), timeOf(`/proc/${pid}/stat`, true));
}

/** @returns {number} microseconds that the children of this process used that have ended */
export function endedChildrenTime() {
  return timeOf('/proc/self/stat', true) - timeOf('/proc/self/stat');
}

/** @param {string} pid */
function parentOf(pid) {
  try {
    return Number(statOf(`/proc/${pid}/stat`)[1]);
  } catch {
    return 0; // it has ended meanwhile
  }
}

/** V8's threads, which follow the main one: one delays tasks, four compile and collect. The pool begins with its first job, so later. */
const V8_THREADS = 5;

/**
 * @param {number} pid of Node
 * @returns {{ main: number, v8: number, pool: number }} microseconds of the main thread, of V8's, and of all others, which are the pool's
 */
export function threadTimes(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).sort((one, other) => Number(one) - Number(other));
  const [main = 0, ...rest] = threads.map((thread) => timeOf(`/proc/${pid}/task/${thread}/stat`));
  const sum = (/** @type {number[]} */ times) => times.reduce((all, time) => all + time, 0);
  return { main, v8: sum(rest.slice(0, V8_THREADS)), pool: sum(rest.slice(V8_THREADS)) };
}

/** Microseconds a clock tick: USER_HZ is 100 on every Linux that Node runs on. */
const TICK = 10_000;

/**
 * @param {string} file
 * @param {boolean} [ended] whether to count children that have ended, too
 */
function timeOf(file, ended = false) {
  const [user, system, ofEnded, systemOfEnded] = statOf(file).slice(11, 15).map(Number);
  return ((user ?? 0) + (system ?? 0) + (ended ? (ofEnded ?? 0) + (systemOfEnded ?? 0) : 0)) * TICK;
}

/**
 * @param {string} file
 * @returns {string[]} the fields from the third, the state
 */
function statOf(file) {
  const stat = readFileSync(file, 'utf8');
  // The second field is the command in parentheses and may hold spaces; utime and stime are the 14th and 15th.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * @param {number} pid
 * @returns {number} bytes of a process that are in memory
 */
export function residentMemory(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
