import { availableParallelism } from 'node:os';
import { PrepareError } from './errors.js';

/**
 * Waits until a decoding process is free, and then does `work`. The source is read within `work`, so that a thousand concurrent
 * calls do not keep more sources in memory than there are processes.
 *
 * @throws PrepareError `ABORTED`
 */
export async function inTurn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  await turn(signal);
  try {
    return await work();
  } finally {
    running--;
    waiting.values().next().value?.();
  }
}

/** More processes would not be faster, and each may use the whole memory limit. */
const MOST_AT_ONCE = Math.min(availableParallelism(), 4);

const waiting = new Set<() => void>();
let running = 0;

async function turn(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw aborted(signal);
  while (running >= MOST_AT_ONCE) await nextTurn(signal);
  running++;
}

function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = (): void => {
      waiting.delete(go);
      signal?.removeEventListener('abort', abort);
    };
    const go = (): void => {
      forget();
      resolve();
    };
    const abort = (): void => {
      forget();
      reject(aborted(signal));
    };
    waiting.add(go);
    signal?.addEventListener('abort', abort);
  });
}

/** Makes the error for an abort by the caller; its cause is the reason. */
export function aborted(signal: AbortSignal | undefined): PrepareError {
  return new PrepareError('ABORTED', {}, signal?.reason);
}
