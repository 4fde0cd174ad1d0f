/** Whether uploads can be taken now. */
export interface Readiness {
  /** @returns undefined if they can, otherwise the reason in a few words for the caller */
  check(): Promise<string | undefined>;
}

/**
 * Milliseconds. A positive result is kept for `keep`, however many probes ask; a negative result is never kept. A probe
 * waits at most `wait`, since probes give up after a second.
 */
const TIMES = { keep: 500, wait: 900 };

/**
 * Tests the engines with one small write at a time.
 *
 * @param ask rejects with the reason if uploads cannot be taken
 * @param stopping aborted when the service begins to stop, which ends readiness
 */
export function createReadiness(
  ask: () => Promise<void>,
  stopping: AbortSignal,
  log: { info(message: string): void; warn(fields: object, message: string): void },
): Readiness {
  let goodUntil = 0;
  let asking: Promise<string | undefined> | undefined;
  let unready = false;

  async function askNow(): Promise<string | undefined> {
    try {
      await ask();
      goodUntil = performance.now() + TIMES.keep;
      if (unready) log.info('ready again');
      unready = false;
      return undefined;
    } catch (err) {
      // The reason is logged once, for the operator. Probes do not receive it.
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
    const timer = setTimeout(() => resolve('the store does not answer'), TIMES.wait);
    // This promise never rejects.
    void asking.then((verdict) => {
      clearTimeout(timer);
      resolve(verdict);
    });
  });
}
