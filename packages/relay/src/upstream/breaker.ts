/** Whether an account's upstream is called at all: with no answer for some time, one call now and then finds out. */
export interface Breaker {
  /** 0: calls are made; 1: one is made, to see; 2: none is made. */
  state(): 0 | 1 | 2;
  succeeded(): void;
  failed(): void;
  /** Milliseconds until the next call; 0 if calls are made. */
  rest(): number;
}

/** Troubles in a row after which it opens, and the milliseconds after which one call is made again. */
const OPENS = { after: 3, rest: 5_000 };

/** @param clock milliseconds that never go back */
export function createBreaker(clock: () => number, changed: (isOpen: boolean) => void): Breaker {
  let failures = 0;
  let until = 0;
  const isOpen = () => failures >= OPENS.after;
  return {
    state() {
      if (!isOpen()) return 0;
      return clock() < until ? 2 : 1;
    },
    succeeded() {
      const wasOpen = isOpen();
      failures = 0;
      if (wasOpen) changed(false);
    },
    failed() {
      const wasOpen = isOpen();
      failures += 1;
      if (!isOpen()) return;
      until = clock() + OPENS.rest;
      if (!wasOpen) changed(true);
    },
    rest: () => (isOpen() ? Math.max(0, until - clock()) : 0),
  };
}
