import { setMaxListeners } from 'node:events';
import { AbortedError } from './errors.js';

/** @throws AbortedError where the signal is aborted already */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError(signal.reason);
}

/** @returns stops listening */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (!signal) return () => {};
  // One signal for hundreds of uploads is ordinary use, and no leak that Node should warn of.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/**
 * Waits for what cannot be called off itself: the work goes on, and nobody waits for it any more.
 *
 * @throws AbortedError as soon as the signal is aborted
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  // Whoever gave up waiting does not want to hear of a failure, either.
  work.catch(() => {});
  checkAborted(signal);
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = onAbort(signal, () => reject(new AbortedError(signal.reason)));
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    // Work that listens to the signal itself may fail first, in words of its own.
    checkAborted(signal);
    throw error;
  } finally {
    stop();
  }
}
