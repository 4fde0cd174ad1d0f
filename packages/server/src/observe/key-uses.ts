import type { TraceListener } from '../signed/trace.js';

/** Notes when each platform key last signed a response, so that nobody retires a key that clients still rely on. */
export interface KeyUses {
  readonly listener: TraceListener;
  /** Writes what has not been written, and stops. */
  close(): Promise<void>;
}

/** Milliseconds between writes. A kill loses at most this much, and `platform-key retire` asks about the last hour. */
const WRITE_INTERVAL = 60_000;

/**
 * @param record writes the Unix seconds at which keys signed, by their ids
 * @param now Unix seconds
 * @param onError receives the first of the failures in a row. Uploads go on without the record
 */
export function recordKeyUses(
  record: (uses: ReadonlyMap<string, number>) => Promise<void>,
  now: () => number,
  onError: (error: unknown) => void,
): KeyUses {
  let uses = new Map<string, number>();
  let writing = Promise.resolve();
  let lastWrite = Number.NEGATIVE_INFINITY;
  let hasFailed = false;

  async function write(): Promise<void> {
    if (uses.size === 0) return;
    const noted = uses;
    uses = new Map();
    lastWrite = performance.now();
    try {
      await record(noted);
      hasFailed = false;
    } catch (error) {
      uses = new Map([...noted, ...uses]);
      if (!hasFailed) onError(error);
      hasFailed = true;
    }
  }

  function writeSoon(): void {
    writing = writing.then(write);
  }

  const timer = setInterval(writeSoon, WRITE_INTERVAL);
  timer.unref();
  return {
    listener: {
      end({ response, responseSigner }) {
        if (!response || !responseSigner) return;
        uses.set(responseSigner.signer.keyId, now());
        // After a pause the first use is written at once, so that a key in rare use is seen, too.
        if (performance.now() - lastWrite > WRITE_INTERVAL) {
          lastWrite = performance.now();
          writeSoon();
        }
      },
    },
    async close() {
      clearInterval(timer);
      writeSoon();
      await writing;
    },
  };
}
