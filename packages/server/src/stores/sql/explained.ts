import { StoreError } from '../index.js';

/** Says what could not be done, with the reason as its cause. */
export async function explained<T>(message: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    // Who came nearest to the reason has explained it already; a wrong argument is no failure of the store.
    throw cause instanceof StoreError || cause instanceof RangeError
      ? cause
      : new StoreError(message, { cause });
  }
}
