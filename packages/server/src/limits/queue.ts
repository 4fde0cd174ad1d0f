/** Whether there is room for an upload; `not for its holder`: the limit of its holder is reached. */
export type Room = 'here' | 'not for its holder' | 'none';

/** Uploads that wait for room. */
export interface Queue {
  /**
   * @param take called as soon as there is room
   * @returns whether there was room before the wait ended
   */
  wait(room: () => Room, take?: () => void): boolean | Promise<boolean>;
  /**
   * Admits waiting uploads in the order of their arrival. A small upload does not overtake a large one for ever, but
   * uploads of a holder with too many bytes are overtaken.
   *
   * @returns whether no upload waits for lack of room
   */
  admitWaiting(): boolean;
  size(): number;
}

/**
 * @param limit the most uploads that may wait
 * @param timeout milliseconds that an upload waits
 * @param admitAll called when an upload gives up, since others may have waited behind it
 */
export function createQueue(limit: number, timeout: number, admitAll: () => void): Queue {
  const waiters = new Set<{ room(): Room; go(): void }>();

  function admitWaiting(): boolean {
    for (const waiter of waiters) {
      const room = waiter.room();
      if (room === 'none') return false;
      if (room === 'here') waiter.go();
    }
    return true;
  }

  return {
    admitWaiting,
    wait(room, take = () => {}) {
      if (waiters.size === 0 && room() === 'here') {
        take();
        return true;
      }
      if (waiters.size >= limit) return false;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          resolve(false);
          // The upload that gave up may have been a large one that smaller ones waited for.
          admitAll();
        }, timeout);
        const waiter = {
          room,
          go() {
            clearTimeout(timer);
            waiters.delete(waiter);
            take();
            resolve(true);
          },
        };
        waiters.add(waiter);
        admitWaiting();
      });
    },
    size: () => waiters.size,
  };
}
