import { parentPort, workerData } from 'node:worker_threads';

/** The limits of a decoding process for a task. */
export interface Bounds {
  /** The most memory of the process, in bytes. */
  readonly memoryLimit: number;
  /** Milliseconds until the parent program kills it. */
  readonly timeLimit: number;
}

/** The input of the watchdog. */
export interface WatchdogData {
  /** Process id of the parent program. */
  readonly program: number;
}

/**
 * Runs in a thread beside the decoding. It kills the whole process if it uses too much memory, if it exceeds the time limit and
 * the parent has not killed it, and if the parent has ended. libvips, WebAssembly and our own readers have no limits, and while
 * they work, the main thread is blocked. The thread receives the limits of each task, and `undefined` at its end.
 */
let bounds: Bounds | undefined;
let since = 0;

parentPort?.on('message', (next: Bounds | undefined) => {
  bounds = next;
  since = performance.now();
});

setInterval(() => {
  // These signals have no handler, since a thread in native code would not run one.
  if (isAlone()) process.kill(process.pid, 'SIGKILL');
  if (!bounds) return;
  if (process.memoryUsage.rss() > bounds.memoryLimit) process.kill(process.pid, 'SIGKILL');
  if (performance.now() - since > bounds.timeLimit + GRACE) process.kill(process.pid, OUT_OF_TIME);
}, 20);

/**
 * Milliseconds after the time limit in which the parent kills the process and reports it. A stopped or hanging parent cannot.
 */
const GRACE = 2_000;

/** A signal different from that of the memory limit, so that the parent can tell them apart. Windows has no such signal. */
const OUT_OF_TIME = process.platform === 'win32' ? 'SIGKILL' : 'SIGALRM';

const { program }: WatchdogData = workerData;

/** A process without its parent gets another parent, except on Windows, where the id stays but is not valid. */
function isAlone(): boolean {
  if (process.platform !== 'win32') return process.ppid !== program;
  try {
    process.kill(program, 0);
    return false;
  } catch {
    return true;
  }
}
