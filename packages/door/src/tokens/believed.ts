/** Rows of the database by their public ids, each believed for a short time, so that a request does not ask for it every time. */
export interface Believed<T> {
  /** @returns undefined if there is no such row. @throws StoreError */
  find(id: string): Promise<T | undefined>;
  /** Says that the secret of this id was shown. */
  accept(id: string): void;
  /** Whether its secret was shown before, so that asking the database for it is worth while. */
  isFamiliar(id: string): boolean;
  forget(id: string): void;
}

/** Milliseconds for which a row is believed: what was revoked elsewhere stops within a second. */
const BELIEVED = 900;
/** Rows that are kept, those of unknown ids included. */
const MOST = 10_000;

/** @param read asks the database */
export function createBelieved<T>(read: (id: string) => Promise<T | undefined>): Believed<T> {
  const entries = new Map<string, Entry<T>>();

  function entryOf(id: string): Entry<T> {
    const known = entries.get(id);
    // By the monotonic clock: that of the machine may be set back.
    const at = performance.now();
    if (known && at - known.at < BELIEVED) return known;
    const entry = { at, found: read(id), isFamiliar: known?.isFamiliar ?? false };
    // A failure is asked about again by the next request.
    entry.found.catch(() => entries.get(id) === entry && entries.delete(id));
    if (entries.size >= MOST && !known) forgetSome();
    entries.set(id, entry);
    return entry;
  }

  function forgetSome(): void {
    for (const [id, { isFamiliar }] of entries) {
      if (entries.size < MOST / 2) return;
      if (!isFamiliar) entries.delete(id);
    }
    if (entries.size >= MOST) entries.clear();
  }

  return {
    find: (id) => entryOf(id).found,
    accept(id) {
      const entry = entries.get(id);
      if (entry) entry.isFamiliar = true;
    },
    isFamiliar: (id) => entries.get(id)?.isFamiliar ?? false,
    forget: (id) => void entries.delete(id),
  };
}

interface Entry<T> {
  readonly at: number;
  readonly found: Promise<T | undefined>;
  isFamiliar: boolean;
}
