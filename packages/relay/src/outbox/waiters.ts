import type { Recorded, UploadKey } from './index.js';
import { textOf } from './rows.js';

export type Settled = Recorded | { readonly refusal: string };

/** Who waits in this process until keys are recorded or refused. */
export interface Waiters {
  /** Resolves with what `settle` is given for the key; undefined if the signal comes first, or the end. */
  wait(
    key: UploadKey,
    signal: AbortSignal,
    returned?: (reason: string) => void,
  ): Promise<Settled | undefined>;
  /** @param age milliseconds since it was given back: who has not waited for so long is concerned by a later attempt */
  giveBack(key: string, reason: string, age: number): void;
  settle(key: string, settled: Settled): void;
  /** Whether anybody waits for the key. */
  has(key: string): boolean;
  /** The keys that are waited for. */
  keys(): readonly UploadKey[];
  end(): void;
}

export function createWaiters(): Waiters {
  const waiting = new Map<string, { readonly key: UploadKey; readonly go: Set<Waiting> }>();

  function settle(text: string, settled?: Settled): void {
    const { go } = waiting.get(text) ?? {};
    waiting.delete(text);
    for (const one of go ?? []) one.go(settled);
  }

  return {
    wait(key, signal, returned) {
      if (signal.aborted) return Promise.resolve(undefined);
      const text = textOf(key);
      const place = waiting.get(text) ?? { key, go: new Set() };
      waiting.set(text, place);
      return new Promise((resolve) => {
        const since = performance.now();
        const one: Waiting = {
          go(settled) {
            signal.removeEventListener('abort', gone);
            resolve(settled);
          },
          giveBack(reason, age) {
            if (performance.now() - since >= age) returned?.(reason);
          },
        };
        function gone(): void {
          place.go.delete(one);
          if (place.go.size === 0 && waiting.get(text) === place) waiting.delete(text);
          resolve(undefined);
        }
        place.go.add(one);
        signal.addEventListener('abort', gone, { once: true });
      });
    },
    giveBack(text, reason, age) {
      for (const one of waiting.get(text)?.go ?? []) one.giveBack(reason, age);
    },
    settle,
    has: (text) => waiting.has(text),
    keys: () => [...waiting.values()].map(({ key }) => key),
    end() {
      for (const text of [...waiting.keys()]) settle(text);
    },
  };
}

interface Waiting {
  go(settled?: Settled): void;
  giveBack(reason: string, age: number): void;
}
