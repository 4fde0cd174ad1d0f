/**
 * Finds the name that was most likely meant: the one with the fewest letters inserted, deleted, replaced or swapped
 * with a neighbour.
 *
 * @returns undefined if more than a third of the letters would have to change
 * @example
 * ```ts
 * import { nearestName } from '@coupon-media/apiv3';
 *
 * console.log(nearestName('MCH_ID', ['MCHID', 'BRAND_ID'])); // 'MCHID'
 * ```
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: distance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** The Damerau–Levenshtein distance, with each pair of neighbours swapped at most once. */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, at) => at)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= from.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = cell(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwapped ? cell(i - 2, j - 2) + 1 : replaced;
      rows[i]?.push(Math.min(replaced, swapped, cell(i - 1, j) + 1, cell(i, j - 1) + 1));
    }
  }
  return cell(from.length, to.length);
}
