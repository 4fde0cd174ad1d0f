interface Place {
  /** Of the cell that has the focus, counted from 0 in reading order. */
  readonly at: number;
  readonly columns: number;
  /** Cells in all. */
  readonly count: number;
  /** Rows that are in sight. */
  readonly perView: number;
}

/** Where a key leads in a grid, as ARIA's pattern for grids has it. @returns undefined for a key that leads nowhere */
export function stepOf(
  { key, ctrlKey, altKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>,
  place: Place,
): number | undefined {
  const step = altKey || metaKey || (ctrlKey && key !== 'Home' && key !== 'End') ? undefined : STEPS[key];
  if (!step || place.count === 0) return undefined;
  const to = step(place, ctrlKey);
  // Above the first row and below the last one, the focus stays in its column.
  if (to < 0 || to >= place.count) return key.startsWith('Page') ? clamp(to, place) : place.at;
  return to;
}

const STEPS: Readonly<Record<string, (place: Place, isFar: boolean) => number>> = {
  ArrowLeft: ({ at }) => at - 1,
  ArrowRight: ({ at }) => at + 1,
  ArrowUp: ({ at, columns }) => at - columns,
  ArrowDown: ({ at, columns }) => at + columns,
  PageUp: ({ at, columns, perView }) => at - columns * perView,
  PageDown: ({ at, columns, perView }) => at + columns * perView,
  Home: ({ at, columns }, isFar) => (isFar ? 0 : at - (at % columns)),
  End: ({ at, columns, count }, isFar) =>
    isFar ? count - 1 : Math.min(count - 1, at - (at % columns) + columns - 1),
};

function clamp(to: number, { at, columns, count }: Place): number {
  const column = at % columns;
  if (to < 0) return column;
  const lastRow = Math.floor((count - 1) / columns) * columns;
  return lastRow + column < count ? lastRow + column : lastRow + column - columns;
}
