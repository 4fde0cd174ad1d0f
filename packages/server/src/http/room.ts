/** The kind of connection that made room. `none` is the new connection itself, because no other could. */
export type Rank = 'refused' | 'unproven' | 'idle' | 'none';

/** The order in which connections make room. */
const RANKS: readonly Rank[] = ['refused', 'unproven', 'idle'];

/** The number of connections of each holder. */
export interface Holders {
  add(holder: string): void;
  remove(holder: string): void;
  of(holder: string): number;
  /** @returns the number of the holder with the most */
  most(): number;
}

/**
 * Chooses the connection to be closed: first those whose request is refused, then those without an authenticated sender, idle or
 * not, then idle ones. Among equals it is a connection of the holder with the most, and of its connections the one that has been
 * in its state the longest.
 *
 * @param rankOf `none` for a connection that must stay
 * @returns undefined if all must stay
 */
export function whoMakesRoom<C extends { readonly holder: string; readonly since: number }>(
  connections: Iterable<C>,
  rankOf: (connection: C) => Rank,
  holders: Holders,
): C | undefined {
  let going: Candidate<C> | undefined;
  for (const connection of connections) {
    const rank = RANKS.indexOf(rankOf(connection));
    const { holder, since } = connection;
    if (rank < 0) continue;
    const candidate = { connection, rank, held: holders.of(holder), since };
    if (!going || goesBefore(candidate, going)) going = candidate;
  }
  return going?.connection;
}

export function countHolders(): Holders {
  const counts = new Map<string, number>();
  const of = (holder: string) => counts.get(holder) ?? 0;
  return {
    of,
    add: (holder) => void counts.set(holder, of(holder) + 1),
    remove(holder) {
      const left = of(holder) - 1;
      if (left > 0) counts.set(holder, left);
      else counts.delete(holder);
    },
    most() {
      let most = 0;
      for (const count of counts.values()) most = Math.max(most, count);
      return most;
    },
  };
}

interface Candidate<C> {
  readonly connection: C;
  readonly rank: number;
  readonly held: number;
  readonly since: number;
}

function goesBefore<C>(one: Candidate<C>, other: Candidate<C>): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank;
  return one.held === other.held ? one.since < other.since : one.held > other.held;
}
