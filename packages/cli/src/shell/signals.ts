import { setMaxListeners } from 'node:events';

/** Resolves at the first Ctrl-C or SIGTERM. A second one of either ends the process at once, as without us. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      for (const name of SIGNALS) process.removeListener(name, onSignal);
      resolve();
    };
    for (const name of SIGNALS) process.on(name, onSignal);
  });
}

/** A wish to end, in two steps. A third one ends the process at once. */
export interface Interruption {
  /** Aborted at the first: begin nothing more. */
  readonly soon: AbortSignal;
  /** Aborted at the second: let go of what is under way. */
  readonly now: AbortSignal;
  /** Stops listening. */
  end(): void;
}

/** @param onSoon called at the first Ctrl-C or SIGTERM */
export function interruption(onSoon: () => void): Interruption {
  const steps = [new AbortController(), new AbortController()] as const;
  // One signal for thousands of images is ordinary use, and no leak that Node should warn of.
  for (const { signal } of steps) setMaxListeners(0, signal);
  const onSignal = (): void => {
    const next = steps.find(({ signal }) => !signal.aborted);
    next?.abort();
    if (next === steps[0]) onSoon();
    else end();
  };
  const end = (): void => {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { soon: steps[0].signal, now: steps[1].signal, end };
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
