import { setMaxListeners } from 'node:events';
import { attacksOf, type Target } from './attacks.js';

/** Somebody who attacks until it is ended. */
export interface Attacker {
  /** Seconds of processor time that it has used; 0 where it is not a process of its own. */
  processor(): number;
  /** @returns the responses that were in a wrong place */
  end(): Promise<string[]>;
}

/**
 * Attacks in this process.
 *
 * @param name of an attack, a combination, or all
 */
export function attackHere(name: string, target: Target): Attacker {
  const ended = new AbortController();
  // Every line waits for it.
  setMaxListeners(0, ended.signal);
  const wrong = new Set<string>();
  const attempt = { ...target, signal: ended.signal, wrong: (what: string) => void wrong.add(what) };
  const going = Promise.all(attacksOf(name).map(({ go }) => go(attempt)));
  return {
    processor: () => 0,
    async end() {
      ended.abort();
      await going;
      return [...wrong];
    },
  };
}
