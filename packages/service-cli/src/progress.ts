import type { WorkProgress } from '@coupon-media/server';
import { createProgress, type ProgressBar } from 'coupon-media/terminal';
import type { ServiceShell } from './messages/messages.js';

/** Shows the progress of work on a store, and the time left: a bar on a terminal, elsewhere a line every ten seconds. */
export function workProgress(shell: ServiceShell): WorkProgress & { end(): void } {
  let bar: ProgressBar | undefined;
  return {
    begin(total) {
      if (total > 0) bar = createProgress(total, shell);
    },
    done: () => bar?.done('', false),
    end: () => bar?.end(),
  };
}
