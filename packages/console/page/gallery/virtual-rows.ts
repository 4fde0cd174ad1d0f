import { useSignal } from '@preact/signals';
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo } from 'preact/hooks';

/** Rows that are rendered above and below those in sight. */
const OVERSCAN = 2;

export interface VirtualRows {
  readonly count: number;
  /** Pixels. */
  readonly height: number;
  /** The row that has the focus: it stays in the document wherever the list is scrolled to. */
  readonly focused: number;
}

/** Which rows are to be rendered, and where: @tanstack/virtual-core, whose changes render the component again. */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  { count, height, focused }: VirtualRows,
): Virtualizer<HTMLElement, HTMLElement> {
  const changes = useSignal(0);
  // Read, so that the component is rendered when it grows.
  void changes.value;
  const options = {
    count,
    estimateSize: () => height,
    getScrollElement: () => scroller.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    overscan: OVERSCAN,
    rangeExtractor(range: Parameters<typeof defaultRangeExtractor>[0]) {
      const rows = defaultRangeExtractor(range);
      if (focused >= count || rows.includes(focused)) return rows;
      return [...rows, focused].sort((one, other) => one - other);
    },
    onChange() {
      changes.value += 1;
    },
  };
  const rows = useMemo(() => new Virtualizer<HTMLElement, HTMLElement>(options), []);
  rows.setOptions(options);
  useLayoutEffect(() => rows._didMount(), [rows]);
  useLayoutEffect(() => rows._willUpdate());
  useLayoutEffect(() => rows.measure(), [rows, height]);
  return rows;
}
