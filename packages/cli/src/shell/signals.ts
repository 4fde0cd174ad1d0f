import { setMaxListeners } from 'node:events';

/** Resolves at the first Ctrl-C or SIGTERM. A second one ends the process at once, as by default. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      for (const name of SIGNALS) process.removeListener(name, onSignal);
      resolve();
    };
    for (const name of SIGNALS) process.on(name, onSignal);
  });
}

/** Interrupts a run in two steps. A third signal ends the process at once. */
export interface Interruption {
  /** Aborted at the first signal: start nothing more. */
  readonly soon: AbortSignal;
  /** Aborted at the second signal: cancel the work under way. */
  readonly now: AbortSignal;
  /** Stops listening. */
  end(): void;
}

/** @param onSoon called at the first Ctrl-C or SIGTERM */
export function interruption(onSoon: () => void): Interruption {
  const steps = [new AbortController(), new AbortController()] as const;
  // One signal for thousands of images is ordinary use, not a leak that Node should warn of.
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
