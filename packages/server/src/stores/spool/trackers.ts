import type { Spool } from './spool.js';

/** Tracks the spools of images that are arriving, for a store that discards them when it closes. */
export interface SpoolTracker<S extends Spool> {
  /** @returns the spool, tracked until it is discarded */
  track(spool: S): S;
  /** Discards all tracked spools. */
  discard(): Promise<void>;
}

export function trackSpools<S extends Spool>(): SpoolTracker<S> {
  const arriving = new Set<S>();
  return {
    track(spool) {
      const tracked: S = {
        ...spool,
        async discard() {
          await spool.discard();
          arriving.delete(tracked);
        },
      };
      arriving.add(tracked);
      return tracked;
    },
    async discard() {
      await Promise.all([...arriving].map((spool) => spool.discard()));
    },
  };
}

/** Tracks the commits in progress, for a store that closes after them. */
export interface CommitTracker {
  track<T>(commit: Promise<T>): Promise<T>;
  /** Resolves when all commits have ended, successfully or not. */
  settled(): Promise<void>;
}

export function trackCommits(): CommitTracker {
  const underWay = new Set<Promise<unknown>>();
  return {
    track(commit) {
      underWay.add(commit);
      const done = () => void underWay.delete(commit);
      commit.then(done, done);
      return commit;
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}
