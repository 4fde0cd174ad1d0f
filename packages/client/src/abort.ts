import { setMaxListeners } from 'node:events';
import { AbortedError } from './errors.js';

/** @throws AbortedError if the signal is already aborted */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError(signal.reason);
}

/** @returns a function that stops listening */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (!signal) return () => {};
  // One signal for hundreds of uploads is ordinary use, not a leak that Node should warn of.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/**
 * Waits for work that cannot be cancelled. After an abort the work continues, but its result is ignored.
 *
 * @throws AbortedError as soon as the signal is aborted
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  // A failure after the abort must not become an unhandled rejection.
  work.catch(() => {});
  checkAborted(signal);
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = onAbort(signal, () => reject(new AbortedError(signal.reason)));
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    // Work that listens to the signal itself may fail first, with an error of its own.
    checkAborted(signal);
    throw error;
  } finally {
    stop();
  }
}
