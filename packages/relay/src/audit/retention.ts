import type { Audit } from './audit.js';

const DAY = 86_400_000;

/** Milliseconds between two purges. */
const EVERY = 3_600_000;

/**
 * Removes entries when they are older than the retention, now and once an hour. Nodes may do so at the same time.
 *
 * @param days 0 keeps all for ever
 * @param failed called with the reason if the store was away; the next hour tries again
 * @returns a function that ends it, and waits for a step under way
 */
export function keepFor(
  days: number,
  { audit, clock, failed }: { audit: Audit; clock: () => number; failed: (reason: unknown) => void },
): () => Promise<void> {
  const stopping = new AbortController();
  let purging = Promise.resolve();
  function purge(): void {
    purging = audit.purge(clock() - days * DAY, stopping.signal).then(() => {}, failed);
  }
  const timer = days > 0 ? setInterval(purge, EVERY).unref() : undefined;
  if (days > 0) purge();
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await purging;
  };
}
