import type { Recorded, UploadKey } from './index.js';
import { textOf } from './rows.js';

export type Settled = Recorded | { readonly refusal: string };

/** Who waits in this process until keys are recorded or refused. */
export interface Waiters {
  /** Resolves with what `settle` is given for the key; undefined if the signal comes first, or the end. */
  wait(key: UploadKey, signal: AbortSignal): Promise<Settled | undefined>;
  settle(key: string, settled: Settled): void;
  /** Whether anybody waits for the key. */
  has(key: string): boolean;
  /** The keys that are waited for. */
  keys(): readonly UploadKey[];
  end(): void;
}

export function createWaiters(): Waiters {
  const waiting = new Map<
    string,
    { readonly key: UploadKey; readonly go: Set<(settled?: Settled) => void> }
  >();

  function settle(text: string, settled?: Settled): void {
    const { go } = waiting.get(text) ?? {};
    waiting.delete(text);
    for (const resolve of go ?? []) resolve(settled);
  }

  return {
    wait(key, signal) {
      if (signal.aborted) return Promise.resolve(undefined);
      const text = textOf(key);
      const place = waiting.get(text) ?? { key, go: new Set() };
      waiting.set(text, place);
      return new Promise((resolve) => {
        function go(settled?: Settled): void {
          signal.removeEventListener('abort', gone);
          resolve(settled);
        }
        function gone(): void {
          place.go.delete(go);
          if (place.go.size === 0 && waiting.get(text) === place) waiting.delete(text);
          resolve(undefined);
        }
        place.go.add(go);
        signal.addEventListener('abort', gone, { once: true });
      });
    },
    settle,
    has: (text) => waiting.has(text),
    keys: () => [...waiting.values()].map(({ key }) => key),
    end() {
      for (const text of [...waiting.keys()]) settle(text);
    },
  };
}
