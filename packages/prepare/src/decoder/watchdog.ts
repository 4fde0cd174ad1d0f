import { parentPort, workerData } from 'node:worker_threads';

/** The limits of a decoding process for a task. */
export interface Bounds {
  /** The most memory of the process, in bytes. */
  readonly memoryLimit: number;
  /** Milliseconds of processor time. */
  readonly timeLimit: number;
  /** Milliseconds of the clock until the parent program kills it. */
  readonly wallLimit: number;
}

/** The input of the watchdog. */
export interface WatchdogData {
  /** Process id of the parent program. */
  readonly program: number;
}

/**
 * Runs in a thread beside the decoding. It kills the whole process if it uses too much memory, if it exceeds the time limit, and if the
 * parent has ended or has not killed it after much longer by the clock. libvips, WebAssembly and our own readers have no limits, and while
 * they work, the main thread is blocked. The thread receives the limits of each task, and `undefined` at its end.
 */
let bounds: Bounds | undefined;
let since = 0;
let used = 0;

parentPort?.on('message', (next: Bounds | undefined) => {
  bounds = next;
  since = performance.now();
  used = processorTime();
});

setInterval(() => {
  // These signals have no handler, since a thread in native code would not run one.
  if (isAlone()) process.kill(process.pid, 'SIGKILL');
  if (!bounds) return;
  if (process.memoryUsage.rss() > bounds.memoryLimit) process.kill(process.pid, 'SIGKILL');
  const outOfTime =
    processorTime() - used > bounds.timeLimit || performance.now() - since > bounds.wallLimit + GRACE;
  if (outOfTime) process.kill(process.pid, OUT_OF_TIME);
}, 20);

/** Milliseconds of all threads of this process. A decoder that waits for a busy machine uses none. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Milliseconds after the limit by the clock in which the parent kills the process and reports it. A stopped or hanging parent cannot.
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
