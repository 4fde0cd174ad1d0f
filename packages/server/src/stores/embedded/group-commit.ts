export interface GroupCommit<T> {
  /**
   * Resolves when the item's group is committed. Rejects, like the rest of the group, if the commit failed.
   *
   * @param within milliseconds that the item may wait for others; it goes with any group that starts before. Default: 0
   */
  add(item: T, within?: number): Promise<void>;
  load(): CommitLoad;
  /** Resolves when no commit is in progress. Never rejects. */
  settled(): Promise<void>;
}

export interface CommitLoad {
  /** Items that wait for the next group. */
  readonly waiting: number;
  /** Items in the last group. */
  readonly lastGroup: number;
}

export interface GroupOptions {
  /**
   * Milliseconds between the starts of two groups under load, so that more items share the fixed cost of a commit.
   * Default: 2.
   */
  readonly window?: number;
  /**
   * Bytes after which a group takes no more items. One commit writes all of them, and all of them wait for it. Default:
   * 1 MiB.
   */
  readonly limit?: number;
}

/** Waiting is not worthwhile if the last group was smaller than this. */
const WORTH_WAITING = 4;

/**
 * Commits items that arrive together as one group, one group at a time. An item that finds the store idle starts a
 * group at once, unless it may wait. Items that arrive during a commit share the next group. The window is observed only
 * while groups are large.
 */
export function createGroupCommit<T extends { readonly bytes: number }>(
  commit: (group: readonly T[]) => Promise<void>,
  { window = 2, limit = 1024 * 1024 }: GroupOptions = {},
): GroupCommit<T> {
  const waiting: Waiting<T>[] = [];
  let underWay: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** When the timer starts a group. */
  let startsAt = Number.POSITIVE_INFINITY;
  let startedAt = Number.NEGATIVE_INFINITY;
  let lastSize = 0;

  /** Starts a group, as soon as one of those who wait must not wait longer. */
  function startInTime(due: number): void {
    if (underWay || due >= startsAt) return;
    clearTimeout(timer);
    const patience = due - performance.now();
    startsAt = patience > 0 ? due : Number.POSITIVE_INFINITY;
    if (patience > 0) timer = setTimeout(startNow, patience);
    else underWay = start();
  }

  function startNow(): void {
    clearTimeout(timer);
    startsAt = Number.POSITIVE_INFINITY;
    underWay ??= start();
  }

  function start(): Promise<void> {
    const wait = lastSize < WORTH_WAITING ? 0 : startedAt + window - performance.now();
    return new Promise((resolve) => {
      // The group starts after the event loop has read everything else of this turn.
      if (wait > 0) setTimeout(() => resolve(run()), wait);
      else setImmediate(() => resolve(run()));
    });
  }

  async function run(): Promise<void> {
    const group = take();
    startedAt = performance.now();
    lastSize = group.length;
    try {
      await commit(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    underWay = undefined;
    if (waiting.length > 0)
      startInTime(waiting.reduce((first, { due }) => Math.min(first, due), Number.POSITIVE_INFINITY));
  }

  /** Takes as many waiting items as the limit allows, and at least one. */
  function take(): Waiting<T>[] {
    let count = 0;
    for (let bytes = 0; count < waiting.length && bytes < limit; count++)
      bytes += waiting[count]?.item.bytes ?? 0;
    return waiting.splice(0, count);
  }

  return {
    add(item, within = 0) {
      const due = within > 0 ? performance.now() + within : 0;
      const added = new Promise<void>((resolve, reject) => waiting.push({ item, due, resolve, reject }));
      startInTime(due);
      return added;
    },
    load: () => ({ waiting: waiting.length, lastGroup: lastSize }),
    async settled() {
      while (underWay || waiting.length > 0) {
        startNow();
        await underWay;
      }
    },
  };
}

interface Waiting<T> {
  readonly item: T;
  /** Milliseconds of `performance.now()` at which its group starts at the latest; 0: at once. */
  readonly due: number;
  resolve(): void;
  reject(error: unknown): void;
}
