import { untracked, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { GALLERY } from '../messages/gallery.js';
import { say } from '../messages/language.js';
import type { ImageOfAccount } from '../server/images.js';
import { isEntered } from '../server/session.js';
import { Detail } from './detail.js';
import { filter } from './filter.js';
import { Filters } from './filters.js';
import { Grid } from './grid.js';
import { follow, images, isLoading, isWhole, loadMore, look, newsCount, showNews, trouble } from './list.js';
import { Question } from './question.js';
import './style.css';

/** Everything that was uploaded, by whichever door: to look at, to look for, and to ask whether an image is among it. */
export function GalleryRoom() {
  const scroller = useRef<HTMLDivElement>(null);
  const opened = useSignal<ImageOfAccount | undefined>(undefined);
  const open = (image: ImageOfAccount): void => {
    opened.value = image;
  };
  useSignalEffect(() => {
    // Loading reads what it changes.
    if (isEntered.value) untracked(() => look(filter.value));
  });
  useEffect(
    () => (isEntered.value ? follow(() => (scroller.current?.scrollTop ?? 0) === 0) : undefined),
    [isEntered.value],
  );
  return (
    <section class="gallery" aria-label={say(GALLERY.gallery)}>
      <Question onOpen={open} />
      <Filters />
      <p id="gallery-help" class="faint">
        {say(GALLERY.help)}
      </p>
      <div class="controls">
        <State />
        {newsCount.value > 0 && (
          <button
            type="button"
            onClick={() => {
              showNews();
              scroller.current?.scrollTo({ top: 0 });
            }}
          >
            {say(GALLERY.news, { n: newsCount.value })}
          </button>
        )}
      </div>
      <Grid scroller={scroller} onOpen={open} />
      {opened.value && (
        <Detail
          key={opened.value.sha256}
          image={opened.value}
          onClose={() => {
            opened.value = undefined;
          }}
        />
      )}
    </section>
  );
}

/** How many are there, or why they are not. */
function State() {
  const n = images.value.length;
  const problem = trouble.value;
  return (
    <>
      <span role="status">
        {isLoading.value && n === 0
          ? say(GALLERY.loading)
          : n === 0 && isWhole.value
            ? say(GALLERY.none)
            : say(isWhole.value ? GALLERY.shownAll : GALLERY.shown, { n })}
      </span>
      {problem && (
        <span role="alert" class="bad">
          {problem.text}{' '}
          <button type="button" onClick={() => void loadMore()}>
            {say(GALLERY.again)}
          </button>
        </span>
      )}
    </>
  );
}
