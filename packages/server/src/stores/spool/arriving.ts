import type { Spool } from './spool.js';

/** The spools of images that are arriving, for a store that throws them away when it ends. */
export interface Arriving<S extends Spool> {
  /** @returns the spool, which is tracked until it is discarded */
  track(spool: S): S;
  /** Throws away what is still arriving. */
  discard(): Promise<void>;
}

export function trackSpools<S extends Spool>(): Arriving<S> {
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
