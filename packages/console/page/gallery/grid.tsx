import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { GALLERY } from '../messages/gallery.js';
import { say } from '../messages/language.js';
import type { ImageOfAccount } from '../server/images.js';
import { Cell } from './cell.js';
import { images, isWhole, loadMore } from './list.js';
import { stepOf } from './steps.js';
import { useVirtualRows } from './virtual-rows.js';

/** Widths and heights in rem, so that they grow with the text. */
const CELL = { width: 11, height: 15 };
/** Rows before the end at which the next page is loaded. */
const AHEAD = 12;

/** All images that were loaded, of which those in sight are in the document. One of them has the focus; the arrow keys move it. */
export function Grid({
  scroller,
  onOpen,
}: {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onOpen: (image: ImageOfAccount) => void;
}) {
  const columns = useColumns(scroller);
  const focused = useSignal(0);
  const wantsFocus = useRef(false);
  const all = images.value;
  const count = Math.ceil(all.length / columns);
  const current = Math.min(focused.value, Math.max(0, all.length - 1));
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const rows = useVirtualRows(scroller, {
    ...{ count, height: CELL.height * rem, focused: Math.floor(current / columns) },
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;

  useEffect(() => {
    if (last >= count - AHEAD) void loadMore();
  }, [last, count]);
  // The cell is in the document only now.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-place="${current}"]`)?.focus({ preventScroll: true });
  });

  function move(event: KeyboardEvent): void {
    const perView = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (CELL.height * rem)));
    const to = stepOf(event, { at: current, columns, count: all.length, perView });
    const image = all[current];
    if (to !== undefined) {
      wantsFocus.current = to !== current;
      focused.value = to;
      rows.scrollToIndex(Math.floor(to / columns), { align: 'auto' });
    } else if ((event.key === 'Enter' || event.key === ' ') && image) onOpen(image);
    else return;
    event.preventDefault();
  }

  return (
    <div class="scroller" ref={scroller}>
      {count > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a table cannot have rows at positions of their own.
        <div
          role="grid"
          aria-label={say(GALLERY.gallery)}
          aria-describedby="gallery-help"
          aria-rowcount={isWhole.value ? count : -1}
          aria-colcount={columns}
          class="grid"
          style={{ height: `${rows.getTotalSize()}px` }}
          onKeyDown={move}
        >
          {shown.map(({ index, start, size }) => (
            // biome-ignore lint/a11y/useFocusableInteractive: its cells have the focus.
            // biome-ignore lint/a11y/useSemanticElements: as the grid.
            <div
              key={index}
              role="row"
              aria-rowindex={index + 1}
              class="cells"
              style={{
                transform: `translateY(${start}px)`,
                height: `${size}px`,
                gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              }}
            >
              {all.slice(index * columns, (index + 1) * columns).map((image, column) => (
                <Cell
                  key={`${image.endpoint} ${image.sha256}`}
                  image={image}
                  place={index * columns + column}
                  column={column}
                  isCurrent={index * columns + column === current}
                  onOpen={onOpen}
                  onFocus={(place) => {
                    focused.value = place;
                  }}
                />
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** As many as the width has room for. */
function useColumns(scroller: RefObject<HTMLElement | null>): number {
  const columns = useSignal(1);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const watching = new ResizeObserver(() => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
      columns.value = Math.max(1, Math.floor(element.clientWidth / (CELL.width * rem)));
    });
    watching.observe(element);
    return () => watching.disconnect();
  }, []);
  return columns.value;
}
