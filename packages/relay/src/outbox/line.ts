/** Who waits in the memory of one process: callers take turns, and what came first of a caller goes first. */
export interface Line<T> {
  /** @param again whether it had its turn before, and goes before the others of its caller */
  add(caller: string, item: T, again?: boolean): void;
  next(): T | undefined;
}

export function createLine<T>(): Line<T> {
  // The order of the keys is the order of the callers' turns.
  const callers = new Map<string, Queue<T>>();
  return {
    add(caller, item, again = false) {
      const queue = callers.get(caller) ?? createQueue<T>();
      if (again) queue.addFirst(item);
      else queue.add(item);
      callers.set(caller, queue);
    },
    next() {
      const [first] = callers;
      if (!first) return;
      const [caller, queue] = first;
      const item = queue.take();
      callers.delete(caller);
      if (queue.size() > 0) callers.set(caller, queue);
      return item;
    },
  };
}

interface Queue<T> {
  add(item: T): void;
  addFirst(item: T): void;
  take(): T | undefined;
  size(): number;
}

/** A queue whose ends cost the same however long it is. */
function createQueue<T>(): Queue<T> {
  const items = new Map<number, T>();
  let first = 0;
  let end = 0;
  return {
    add(item) {
      items.set(end, item);
      end += 1;
    },
    addFirst(item) {
      first -= 1;
      items.set(first, item);
    },
    take() {
      const item = items.get(first);
      if (items.delete(first)) first += 1;
      return item;
    },
    size: () => items.size,
  };
}
