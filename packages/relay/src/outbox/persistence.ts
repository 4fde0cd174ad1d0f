import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '@coupon-media/server/engine';

/** Milliseconds between two tries, at first and at most. */
const PAUSE = { first: 100, most: 2_000 };

/**
 * Does what must not be lost, for as long as the store is away or its disk is full.
 *
 * @param ended aborts when the process ends
 * @throws the last error of the store once `ended` has aborted, or any other error
 */
export async function persist<T>(act: () => Promise<T>, ended: AbortSignal): Promise<T> {
  for (let pause = PAUSE.first; ; pause = Math.min(pause * 2, PAUSE.most)) {
    try {
      return await act();
    } catch (error) {
      if (ended.aborted || !(error instanceof StoreError)) throw error;
      await sleep(pause, undefined, { signal: ended }).catch(() => undefined);
    }
  }
}
