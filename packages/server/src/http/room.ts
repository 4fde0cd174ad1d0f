/** The kind of connection that made room. `none` is the new connection itself, because no other could. */
export type Rank = 'refused' | 'unproven' | 'idle' | 'none';

/** The order in which connections make room. */
const ORDER: Readonly<Record<Rank, number>> = { refused: 0, unproven: 1, idle: 2, none: 3 };

/** Milliseconds for which a choice of several connections stands. */
const CHOICE_STANDS = 100;

/** A connection that is to make room, and what it was when it was chosen. */
export interface Leaver<C> {
  readonly connection: C;
  readonly rank: Rank;
  readonly since: number;
}

/** The number of connections of each holder. */
export interface Holders {
  add(holder: string): void;
  remove(holder: string): void;
  of(holder: string): number;
  /** @returns the number of the holder with the most */
  most(): number;
}

/** The connections of which some make room. */
export interface Crowd<C> {
  connections(): Iterable<C>;
  /** @returns `none` for a connection that must stay or has gone */
  rankOf(connection: C): Rank;
  readonly holders: Holders;
}

/**
 * Chooses the connection to be closed: first those whose request is refused, then those without an authenticated sender, idle or
 * not, then idle ones. Among equals it is a connection of the holder with the most, and of its connections the one that has been
 * in its state the longest.
 *
 * Several are chosen at once, since to keep the connections sorted would cost time with every request, and one search for each new
 * connection of a flood took a quarter of the event loop.
 *
 * @param most how many are chosen at once. Their holders' numbers are those of that moment.
 * @returns a function that gives the next to go, or undefined if all must stay
 */
export function whoMakesRoom<C extends { readonly holder: string; readonly since: number }>(
  crowd: Crowd<C>,
  most: number,
): () => Leaver<C> | undefined {
  let chosen: Leaver<C>[] = [];
  let end = 0;
  const isStill = ({ connection, rank, since }: Leaver<C>) =>
    connection.since === since && crowd.rankOf(connection) === rank;
  return () => {
    const now = performance.now();
    if (now > end) chosen = [];
    for (let next = chosen.pop(); next; next = chosen.pop()) if (isStill(next)) return next;
    chosen = choose(crowd, most);
    end = now + CHOICE_STANDS;
    return chosen.pop();
  };
}

/** @returns the last to go first */
function choose<C extends { readonly holder: string; readonly since: number }>(
  { connections, rankOf, holders }: Crowd<C>,
  most: number,
): Leaver<C>[] {
  const candidates: (Leaver<C> & { readonly held: number })[] = [];
  for (const connection of connections()) {
    const rank = rankOf(connection);
    const { holder, since } = connection;
    if (rank !== 'none') candidates.push({ connection, rank, since, held: holders.of(holder) });
  }
  return candidates
    .sort((a, b) => ORDER[b.rank] - ORDER[a.rank] || a.held - b.held || b.since - a.since)
    .slice(-most);
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
