/** The commits under way, for a store that ends after them. */
export interface Commits {
  track(commit: Promise<void>): Promise<void>;
  /** Resolves when all that were begun have ended, well or not. */
  settled(): Promise<void>;
}

export function trackCommits(): Commits {
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
