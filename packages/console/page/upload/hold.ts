import { signal } from '@preact/signals';
import type { ServerProblem } from '../server/problem.js';

/** Why nothing is sent for a while. */
export interface Held {
  readonly problem: ServerProblem;
  /** By the page's clock, in milliseconds. */
  readonly until: number;
}

/** What holds the uploads; undefined if nothing does. */
export const held = signal<Held | undefined>(undefined);

/** Sends nothing for a while, since the server asked for it or cannot be reached. A longer hold stays. */
export function hold(problem: ServerProblem, milliseconds: number): void {
  const until = performance.now() + milliseconds;
  if (until > (held.peek()?.until ?? 0)) held.value = { problem, until };
}

/** Milliseconds for which nothing is sent; 0 if something may be. */
export function heldFor(): number {
  return Math.max(0, (held.peek()?.until ?? 0) - performance.now());
}

export function release(): void {
  held.value = undefined;
}

/** An upload arrived: what held it is over, and what holds others since then is not. */
export function arrivedAgain(): void {
  if (heldFor() === 0) release();
}
