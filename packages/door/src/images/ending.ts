/** What ends the waiting of a caller: an AbortSignal, or what costs less than one. */
export interface EndSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The waiting of one caller. */
export interface Ending {
  /** Aborted when the time is over, or by `over`. */
  readonly signal: EndSignal;
  over(): void;
  /** The caller waits no longer, and nothing ends any more. */
  close(): void;
}

/**
 * Ends after a time, or before if it is told so. There is one for each image, and an AbortController would make weak references, and an
 * error with its stack for each that ends.
 *
 * @param milliseconds until it ends by itself
 */
export function createEnding(milliseconds: number): Ending {
  const listeners = new Set<() => void>();
  let aborted = false;
  const timer = setTimeout(over, milliseconds);

  function over(): void {
    if (aborted) return;
    aborted = true;
    close();
  }

  function close(): void {
    clearTimeout(timer);
    const told = aborted ? [...listeners] : [];
    listeners.clear();
    for (const listener of told) listener();
  }

  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener(_, listener) {
        if (!aborted) listeners.add(listener);
      },
      removeEventListener: (_, listener) => void listeners.delete(listener),
    },
    over,
    close,
  };
}
