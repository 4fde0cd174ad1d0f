import type { Spool } from './spool.js';

/** The spools of images that are arriving, for a store that throws them away when it ends. */
export interface SpoolTracker<S extends Spool> {
  /** @returns the spool, which is tracked until it is discarded */
  track(spool: S): S;
  /** Throws away what is still arriving. */
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

/** The commits under way, for a store that ends after them. */
export interface CommitTracker {
  track(commit: Promise<void>): Promise<void>;
  /** Resolves when all that were begun have ended, well or not. */
  settled(): Promise<void>;
}

export function trackCommits(): CommitTracker {
  const underWay = new Set<Promise<void>>();
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
