/** A piece of a text, and whether the other text has it as well. */
export interface Piece {
  readonly text: string;
  readonly isSame: boolean;
}

/** Cells of the table of two differing middles; beyond it the whole middles count as different. */
const MOST_CELLS = 1_000_000;

/**
 * Compares two texts character by character.
 *
 * @returns the pieces of each; joined, they are the texts
 */
export function differences(one: string, other: string): readonly [readonly Piece[], readonly Piece[]] {
  // By code points, so that no character is torn.
  const [a, b] = [Array.from(one), Array.from(other)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const common = commonOf(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const whole = (characters: readonly string[], middle: readonly boolean[]) =>
    pieces(characters, (at) => at < start || at >= characters.length - end || middle[at - start] === true);
  return [whole(a, common[0]), whole(b, common[1])];
}

/** @returns which characters of each belong to their longest common subsequence */
function commonOf(a: readonly string[], b: readonly string[]): [boolean[], boolean[]] {
  const inA = a.map(() => false);
  const inB = b.map(() => false);
  const width = b.length + 1;
  if (a.length * b.length > MOST_CELLS) return [inA, inB];
  // lengths[i * width + j]: the longest that a from i and b from j have in common.
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      inA[i] = true;
      inB[j] = true;
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return [inA, inB];
}

function pieces(characters: readonly string[], isSame: (at: number) => boolean): Piece[] {
  const found: { text: string; isSame: boolean }[] = [];
  for (const [at, character] of characters.entries()) {
    const last = found.at(-1);
    if (last && last.isSame === isSame(at)) last.text += character;
    else found.push({ text: character, isSame: isSame(at) });
  }
  return found;
}
