/** Durations in constant memory, whatever their number. */
export interface Latencies {
  add(milliseconds: number): void;
  /** @returns the milliseconds within which this part of them lies, at most 19 % too many; undefined if there are none */
  within(part: number): number | undefined;
}

/** Four bounds for each doubling, from 1 ms; the last one takes what is longer than 10 minutes. */
const BOUNDS = Array.from({ length: 78 }, (_, at) => 2 ** (at / 4));

export function createLatencies(): Latencies {
  const counts = new Uint32Array(BOUNDS.length);
  let total = 0;
  let longest = 0;
  return {
    add(milliseconds) {
      const at = BOUNDS.findIndex((bound) => milliseconds <= bound);
      const slot = at < 0 ? BOUNDS.length - 1 : at;
      counts[slot] = (counts[slot] ?? 0) + 1;
      total += 1;
      longest = Math.max(longest, milliseconds);
    },
    within(part) {
      if (total === 0) return undefined;
      let seen = 0;
      const at = counts.findIndex((count) => {
        seen += count;
        return seen >= part * total;
      });
      return Math.min(BOUNDS[at] ?? longest, longest);
    },
  };
}
