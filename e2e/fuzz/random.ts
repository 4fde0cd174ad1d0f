/** Chance that can be had again: the same seed and stream give the same choices. */
export interface Random {
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  /** True once in `often`. */
  once(often: number): boolean;
  pick<T>(list: readonly T[]): T;
  bytes(length: number): Buffer;
  /** Lower-case hex digits. */
  hex(length: number): string;
}

/**
 * @param seed of the whole run
 * @param stream of one case in it, so that a case can be had again alone
 */
export function createRandom(seed: number, stream: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 1, 0xc2b2ae35);

  /** mulberry32: 32 bits of state are plenty for one case. */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  const below = (limit: number) => next() % limit;
  const bytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  return {
    below,
    once: (often) => below(often) === 0,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
    bytes,
    hex: (length) =>
      bytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
  };
}
