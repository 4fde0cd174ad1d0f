export interface GroupCommit<T> {
  /**
   * Resolves when the group that the item is in was committed; rejects, like the rest of that group, where it
   * failed.
   */
  add(item: T): Promise<void>;
  load(): CommitLoad;
  /** Resolves when nothing is under way. Never rejects. */
  settled(): Promise<void>;
}

export interface CommitLoad {
  /** Items that wait for the next group. */
  readonly waiting: number;
  /** Items that the last group had. */
  readonly lastGroup: number;
}

export interface GroupOptions {
  /**
   * Milliseconds between the starts of two groups under load: a commit's fixed cost is shared by more.
   * Default 2.
   */
  readonly window?: number;
  /**
   * Bytes after which a group takes no more: what is written by one commit, which all in it wait for. Default
   * 1 MiB.
   */
  readonly limit?: number;
}

/** A group smaller than this was not worth waiting for. */
const WORTH_WAITING = 4;

/**
 * Commits what arrives together as one group, one group at a time. An item that finds the store idle starts a
 * group at once; those that come while one is under way share the next. The window is waited for only while
 * groups are large.
 */
export function createGroupCommit<T extends { readonly bytes: number }>(
  commit: (group: readonly T[]) => Promise<void>,
  { window = 2, limit = 1024 * 1024 }: GroupOptions = {},
): GroupCommit<T> {
  const waiting: Waiting<T>[] = [];
  let underWay: Promise<void> | undefined;
  let startedAt = Number.NEGATIVE_INFINITY;
  let lastSize = 0;

  function start(): Promise<void> {
    const wait = lastSize < WORTH_WAITING ? 0 : startedAt + window - performance.now();
    return new Promise((resolve) => {
      // "At once" is after the event loop has read what else it has to read in this turn.
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
    underWay = waiting.length > 0 ? start() : undefined;
  }

  /** As many as wait, within the limit; one at least. */
  function take(): Waiting<T>[] {
    let count = 0;
    for (let bytes = 0; count < waiting.length && bytes < limit; count++)
      bytes += waiting[count]?.item.bytes ?? 0;
    return waiting.splice(0, count);
  }

  return {
    add(item) {
      const added = new Promise<void>((resolve, reject) => waiting.push({ item, resolve, reject }));
      underWay ??= start();
      return added;
    },
    load: () => ({ waiting: waiting.length, lastGroup: lastSize }),
    async settled() {
      while (underWay) await underWay;
    },
  };
}

interface Waiting<T> {
  readonly item: T;
  resolve(): void;
  reject(error: unknown): void;
}
