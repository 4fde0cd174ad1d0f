import type { Logger } from 'pino';

/** Whether uploads can be taken now. */
export interface Readiness {
  /** @returns undefined where they can, else why not, in a few words for whoever asks */
  check(): Promise<string | undefined>;
}

/**
 * Milliseconds. A yes is good for so long, however many ask; a no is never kept. Who asks waits no longer than `wait`: probes
 * give up after a second.
 */
const PATIENCE = { keep: 500, wait: 900 };

/**
 * Asks the engines, once at a time: each time they write a little something.
 *
 * @param ask rejects, with the reason, where uploads cannot be taken
 * @param stopping aborted when the service is told to stop: from then on it is not ready
 */
export function createReadiness(
  ask: () => Promise<void>,
  stopping: AbortSignal,
  log: Pick<Logger, 'info' | 'warn'>,
): Readiness {
  let goodUntil = 0;
  let asking: Promise<string | undefined> | undefined;
  let unready = false;

  async function askNow(): Promise<string | undefined> {
    try {
      await ask();
      goodUntil = performance.now() + PATIENCE.keep;
      if (unready) log.info('ready again');
      unready = false;
      return undefined;
    } catch (err) {
      // The reason is for the operator's log, once, not for whoever asks.
      if (!unready) log.warn({ err }, 'not ready');
      unready = true;
      return 'the store takes no uploads now';
    }
  }

  return {
    async check() {
      if (stopping.aborted) return 'the service is stopping';
      if (performance.now() < goodUntil) return undefined;
      asking ??= askNow().finally(() => {
        asking = undefined;
      });
      return inTime(asking);
    },
  };
}

function inTime(asking: Promise<string | undefined>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('the store does not answer'), PATIENCE.wait);
    // It never rejects.
    void asking.then((verdict) => {
      clearTimeout(timer);
      resolve(verdict);
    });
  });
}
