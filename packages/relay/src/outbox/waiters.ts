import type { Follower, Settled, UploadKey } from './index.js';
import { textOf } from './rows.js';

/** Who waits in this process until keys are recorded or refused. */
export interface Waiters {
  /**
   * Calls back once with what `settle` is given for the key, and before perhaps with the reasons of `giveBack`. It takes no signal: there is
   * a caller for each image, and an AbortSignal that ends makes an error with its stack.
   *
   * @returns ends it
   */
  follow(key: UploadKey, follower: Follower): () => void;
  /** @param age milliseconds since it was given back: who has not waited for so long is concerned by a later attempt */
  giveBack(key: string, reason: string, age: number): void;
  settle(key: string, settled: Settled): void;
  /** Whether anybody waits for the key. */
  has(key: string): boolean;
  /** The keys that are waited for. */
  keys(): readonly UploadKey[];
}

export function createWaiters(): Waiters {
  const waiting = new Map<string, Place>();
  return {
    follow(key, follower) {
      const text = textOf(key);
      const place = waiting.get(text) ?? { key, since: new Map() };
      waiting.set(text, place);
      place.since.set(follower, performance.now());
      return () => {
        place.since.delete(follower);
        if (place.since.size === 0 && waiting.get(text) === place) waiting.delete(text);
      };
    },
    giveBack(text, reason, age) {
      for (const [follower, since] of waiting.get(text)?.since ?? [])
        if (performance.now() - since >= age) follower.returned?.(reason);
    },
    settle(text, settled) {
      const { since } = waiting.get(text) ?? {};
      waiting.delete(text);
      for (const follower of since?.keys() ?? []) follower.settled(settled);
    },
    has: (text) => waiting.has(text),
    keys: () => [...waiting.values()].map(({ key }) => key),
  };
}

interface Place {
  readonly key: UploadKey;
  /** Who waits, and since which millisecond of `performance.now()`. */
  readonly since: Map<Follower, number>;
}
