import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';

/** A room whose script is loaded when it is first opened. */
export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  const loaded = signal<FunctionComponent | undefined>(undefined);
  return function Later() {
    useEffect(() => {
      void load().then((view) => {
        loaded.value = view;
      });
    }, []);
    const View = loaded.value;
    return View ? <View /> : null;
  };
}
