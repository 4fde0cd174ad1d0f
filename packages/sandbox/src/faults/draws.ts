import { createHash } from 'node:crypto';

/** @returns a function that draws numbers from 0 up to 1, the same ones in each run */
export function createDraws(seed: string): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`${seed} ${drawn}`).digest().readUInt32BE(0) / 2 ** 32;
  };
}
