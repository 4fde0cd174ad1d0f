import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { roomIsShown } from '../keyboard/search.js';
import { say } from '../messages/language.js';
import { TROUBLE } from '../messages/shell.js';

/** Milliseconds before a script that did not come is asked for again. */
const AGAIN = 3_000;

/** A room whose script is loaded when it is first opened. Without a network it says so, and goes on when there is one. */
export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  const loaded = signal<FunctionComponent | undefined>(undefined);
  const isAway = signal(false);
  return function Later() {
    useEffect(() => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let isLeft = false;
      function attempt(): void {
        load().then(
          (view) => {
            loaded.value = view;
          },
          () => {
            isAway.value = true;
            if (!isLeft) timer = setTimeout(attempt, AGAIN);
          },
        );
      }
      attempt();
      return () => {
        isLeft = true;
        clearTimeout(timer);
      };
    }, []);
    const View = loaded.value;
    useLayoutEffect(() => {
      if (View) roomIsShown();
    }, [View]);
    if (View) return <View />;
    return isAway.value ? (
      <p role="alert" class="doubtful">
        {say(TROUBLE.offline)}
      </p>
    ) : null;
  };
}
