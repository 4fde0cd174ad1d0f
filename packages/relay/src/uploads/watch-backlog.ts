import type { ServiceLog } from '@coupon-media/server';
import type { Alarms } from '../observe/alarms.js';
import type { Outbox } from '../outbox/index.js';

/** Milliseconds between two looks, and the age of an upload that is an alarm. */
const WATCH = { every: 30_000, old: 600_000 };

/**
 * Raises an alarm while an upload has waited for long.
 *
 * @param clock Unix milliseconds
 * @returns ends the watch
 */
export function watchBacklog({
  outbox,
  alarms,
  log,
  clock,
}: {
  readonly outbox: Pick<Outbox, 'backlog'>;
  readonly alarms: Alarms;
  readonly log: Pick<ServiceLog, 'warn'>;
  readonly clock: () => number;
}): () => void {
  async function look(): Promise<void> {
    const { pending, oldest } = await outbox.backlog();
    if (oldest === undefined || clock() - oldest < WATCH.old) return alarms.settle('BACKLOG_OLD', '');
    alarms.raise('BACKLOG_OLD', '', { detail: pending, day: new Date(oldest).toISOString() });
  }
  const timer = setInterval(() => {
    look().catch((err) => log.warn({ err }, 'the backlog could not be read'));
  }, WATCH.every).unref();
  return () => clearInterval(timer);
}
