import { parentPort, workerData } from 'node:worker_threads';

/** What a decoding process may take for a task. */
export interface Bounds {
  /** Bytes that the process may hold. */
  readonly memoryLimit: number;
  /** Milliseconds until the program that asked ends it. */
  readonly timeLimit: number;
}

/** What the watchdog is started with. */
export interface WatchdogData {
  /** Process id of the program that the decoding is done for. */
  readonly program: number;
}

/**
 * Runs in a thread beside the decoding, and ends the whole process when it holds more memory than it may, when its time is up
 * and nobody has ended it, and when the program that it works for has gone: neither libvips nor WebAssembly nor a reader of
 * our own can be told a limit, and while they work the main thread neither looks nor listens. It is told the bounds of each
 * task, and `undefined` when it is done.
 */
let bounds: Bounds | undefined;
let since = 0;

parentPort?.on('message', (next: Bounds | undefined) => {
  bounds = next;
  since = performance.now();
});

setInterval(() => {
  // Signals with no handler, since a thread in native code runs none.
  if (isAlone()) process.kill(process.pid, 'SIGKILL');
  if (!bounds) return;
  if (process.memoryUsage.rss() > bounds.memoryLimit) process.kill(process.pid, 'SIGKILL');
  if (performance.now() - since > bounds.timeLimit + GRACE) process.kill(process.pid, OUT_OF_TIME);
}, 20);

/** Milliseconds in which the program itself ends what takes too long, and says so. It cannot where it is stopped or stuck. */
const GRACE = 2_000;

/** Another than the memory's, so that whoever sees the end can tell them apart; Windows knows no such signal. */
const OUT_OF_TIME = process.platform === 'win32' ? 'SIGKILL' : 'SIGALRM';

const { program }: WatchdogData = workerData;

/** Whoever has lost its parent gets another one, except on Windows, where the number stays and means nothing. */
function isAlone(): boolean {
  if (process.platform !== 'win32') return process.ppid !== program;
  try {
    process.kill(program, 0);
    return false;
  } catch {
    return true;
  }
}
