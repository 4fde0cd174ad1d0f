import { computed, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { counts, items } from './items.js';
import { Row } from './row.js';

/** Rows that are made at a time: ten thousand at once would hold the page up for seconds. */
const STEP = 100;

const show = signal<(typeof SHOWS)[number]>('all');
const most = signal(STEP);
const SHOWS = ['all', 'failed', 'missing', 'ready', 'done'] as const;

/** What is shown of the list. An item that leaves the filter meanwhile stays until the filter is chosen again or the list changes. */
const rows = computed(() => {
  const wanted = show.value;
  return wanted === 'all' ? items.value : items.value.filter(({ state }) => state.peek().at === wanted);
});

/** The files, as far as one scrolled; more are made when the end comes near. */
export function List() {
  const end = useRef<HTMLDivElement>(null);
  const shown = rows.value.slice(0, most.value);
  useEffect(() => {
    if (!end.current) return undefined;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) most.value = Math.min(most.peek() + STEP, rows.peek().length + STEP);
      },
      { rootMargin: '1000px' },
    );
    watch.observe(end.current);
    return () => watch.disconnect();
    // Observed again with each step, since one that stays in sight does not report again.
  }, [shown.length]);
  return (
    <>
      {items.value.length > STEP && (
        <p>
          <label for="shown">{say(UPLOAD.show)}</label>{' '}
          <select
            id="shown"
            value={show.value}
            onChange={({ currentTarget }) => {
              show.value = SHOWS.find((one) => one === currentTarget.value) ?? 'all';
              most.value = STEP;
            }}
          >
            {SHOWS.map((one) => (
              <option key={one} value={one}>
                {say(SHOWN[one])} ({one === 'all' ? items.value.length : counts.value[one]})
              </option>
            ))}
          </select>
        </p>
      )}
      <ul class="items" aria-label={say(UPLOAD.list)}>
        {shown.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </ul>
      <div ref={end}>
        {shown.length < rows.value.length && (
          <button type="button" onClick={() => (most.value += STEP)}>
            {say(UPLOAD.more, { n: rows.value.length - shown.length })}
          </button>
        )}
      </div>
    </>
  );
}

const SHOWN = {
  all: UPLOAD.showAll,
  failed: UPLOAD.failed,
  missing: UPLOAD.missing,
  ready: UPLOAD.ready,
  done: UPLOAD.done,
} as const;
