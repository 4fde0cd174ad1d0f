import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Milliseconds before a lost connection is tried again, at first and at most. */
const AGAIN = { first: 100, most: 5_000 };

/**
 * Hears notifications on a connection of its own, which is opened again whenever it is lost. Nothing depends on it: whoever hears also
 * looks by itself.
 *
 * @param config of the connection
 * @param channel lower-case letters and `_`
 */
export function createListener(
  config: pg.ClientConfig,
  channel: string,
  heard: (message: string) => void,
): () => Promise<void> {
  const ending = new AbortController();
  let client: pg.Client | undefined;

  async function listenOnce(heardSomething: () => void): Promise<void> {
    const current = new pg.Client({ ...config, keepAlive: true });
    client = current;
    const lost = new Promise<void>((resolve) => {
      current.on('error', () => resolve());
      current.on('end', () => resolve());
    });
    current.on('notification', ({ payload = '' }) => heard(payload));
    try {
      await current.connect();
      await current.query(`listen ${channel}`);
      heardSomething();
      await lost;
    } finally {
      await current.end().catch(() => undefined);
    }
  }

  async function keepListening(): Promise<void> {
    for (let pause = AGAIN.first; !ending.signal.aborted; pause = Math.min(pause * 2, AGAIN.most)) {
      await listenOnce(() => {
        pause = AGAIN.first;
      }).catch(() => undefined);
      await sleep(pause, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
  }

  const done = keepListening();
  return async () => {
    ending.abort();
    await client?.end().catch(() => undefined);
    await done;
  };
}
