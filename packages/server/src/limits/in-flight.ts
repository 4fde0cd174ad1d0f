import type { InFlight, Place } from './index.js';

/** Milliseconds, and how many uploads may wait. */
interface Patience {
  /** How long an upload counts for what it declares. A client that means it has sent 2 MiB, or much of it, by then. */
  trust?: number;
  /** How long one waits for room. Longer than `trust`, so that who only declares cannot keep others out. */
  wait?: number;
  /** How many may wait: each holds a connection, and at most what its socket buffers. */
  waiting?: number;
}

/**
 * Counts an upload for what it declares, in its first second, and then for what has arrived: a burst of large uploads is
 * held to the limit, and two hundred connections that declare 2 MiB and send a byte a second count for two hundred bytes
 * a second.
 *
 * @param limit bytes. One upload is always let in
 */
export function createInFlight(
  limit: number,
  { trust = 1_000, wait = 2_000, waiting = 256 }: Patience = {},
): InFlight & { load(): { bytes: number; waiting: number } } {
  let total = 0;
  const queue = new Set<Waiter>();

  function fits(declared: number): boolean {
    return total === 0 || total + declared <= limit;
  }

  function letIn(): void {
    for (const waiter of queue) {
      // In the order they came: a small upload does not overtake a large one for ever.
      if (!fits(waiter.declared)) return;
      queue.delete(waiter);
      clearTimeout(waiter.timer);
      waiter.resolve(take(waiter.declared));
    }
  }

  function take(declared: number): Place {
    let arrived = 0;
    let trusted = true;
    let left = false;
    let weight = 0;
    function weigh(): void {
      const before = weight;
      weight = left ? 0 : Math.max(arrived, trusted ? declared : 0);
      total += weight - before;
      if (weight < before) letIn();
    }
    const timer = setTimeout(() => {
      trusted = false;
      weigh();
    }, trust);
    weigh();
    return {
      arrived(bytes) {
        arrived += bytes;
        weigh();
      },
      leave() {
        clearTimeout(timer);
        left = true;
        weigh();
      },
    };
  }

  return {
    async enter(declared) {
      if (queue.size === 0 && fits(declared)) return take(declared);
      if (queue.size >= waiting) return undefined;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          queue.delete(waiter);
          resolve(undefined);
          // It may have been the large one that smaller ones waited behind.
          letIn();
        }, wait);
        const waiter: Waiter = { declared, resolve, timer };
        queue.add(waiter);
      });
    },
    load: () => ({ bytes: total, waiting: queue.size }),
  };
}

interface Waiter {
  declared: number;
  resolve(place: Place | undefined): void;
  timer: NodeJS.Timeout;
}
