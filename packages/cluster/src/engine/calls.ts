import type { BreakerState, EngineCall } from '@coupon-media/server/engine';

export type EngineName = 'postgres' | 's3' | 'redis';

export interface EngineCalls {
  /**
   * Makes a call within the deadline, unless the engine is taken to be away.
   *
   * @param operation of few values, for the metrics
   * @param act ends early when the signal aborts, where it can; what it ends with is then ignored
   * @param options repeatable: false where it would do harm that the engine did it twice. Default: true
   * @throws EngineError, or what `act` threw last
   */
  call<T>(
    operation: string,
    act: (signal: AbortSignal) => Promise<T>,
    options?: { repeatable?: boolean },
  ): Promise<T>;
  readonly state: BreakerState;
}

export interface EngineCallsOptions {
  readonly engine: EngineName;
  /** Milliseconds. */
  readonly deadline: number;
  /** Whether the engine was away, or in no state to answer; false where it answered, if only to refuse. */
  isOutage(error: unknown): boolean;
  observe?: ((call: EngineCall) => void) | undefined;
  /** How often a repeatable call is made at most. */
  readonly attempts?: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/** A call to an engine had no answer of the engine's. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly code: 'DEADLINE' | 'OPEN',
    readonly engine: EngineName,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Outages in a row after which the engine is taken to be away, and milliseconds until one call tries it again. */
const BREAKER = { outages: 5, rest: 1_000 };

/** Milliseconds before the first repetition at most; each further one may take twice as long. */
const BACKOFF = 50;

/**
 * The calls to one engine: each has a deadline, is repeated unless that would do harm, and is not made at all while the
 * engine is away, so that nobody waits a deadline for what is known, and an engine that starts is not stormed.
 */
export function createEngineCalls({
  engine,
  deadline,
  isOutage,
  observe,
  attempts = 3,
  now = () => performance.now(),
}: EngineCallsOptions): EngineCalls {
  let outages = 0;
  let lastAt = 0; // when the last outage was found
  let probing = false;
  let lastOutage: unknown;

  function state(): BreakerState {
    if (outages < BREAKER.outages) return 'closed';
    return probing || now() - lastAt < BREAKER.rest ? 'open' : 'half-open';
  }

  function judge(error: unknown, isProbe: boolean): void {
    if (!(error instanceof EngineError || (error !== undefined && isOutage(error)))) {
      outages = 0;
      return;
    }
    // Calls that were under way when the engine was found to be away tell nothing new when they fail, too.
    if (state() !== 'closed' && !isProbe) return;
    outages += 1;
    lastAt = now();
    lastOutage = error;
  }

  async function repeat<T>(act: () => Promise<T>, most: number, ended: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await act();
      } catch (error) {
        if (attempt >= most || ended.aborted || !isOutage(error)) throw error;
        await pause(BACKOFF * 2 ** (attempt - 1) * Math.random(), ended);
      }
    }
  }

  return {
    get state() {
      return state();
    },
    async call(operation, act, { repeatable = true } = {}) {
      const begun = now();
      const told = (result: EngineCall['result']) =>
        observe?.({ engine, operation, seconds: (now() - begun) / 1000, result });
      const before = state();
      if (before === 'open') {
        told('open');
        const message = `${engine} is away; ${operation} was not tried`;
        throw new EngineError('OPEN', engine, message, { cause: lastOutage });
      }
      const isProbe = before === 'half-open';
      probing ||= isProbe;
      try {
        const most = repeatable && !isProbe ? attempts : 1;
        const value = await within(deadline, (signal) => repeat(() => act(signal), most, signal), late);
        judge(undefined, isProbe);
        told('ok');
        return value;
      } catch (error) {
        judge(error, isProbe);
        told(error instanceof EngineError ? 'deadline' : 'error');
        throw error;
      } finally {
        if (isProbe) probing = false;
      }

      function late(): EngineError {
        return new EngineError('DEADLINE', engine, `${engine} did not answer ${operation} in ${deadline} ms`);
      }
    },
  };
}

/** Rejects with what `late` makes when the time is over, whether or not `act` listens to its signal. */
function within<T>(
  milliseconds: number,
  act: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
): Promise<T> {
  const ending = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = late();
      reject(error);
      ending.abort(error);
    }, milliseconds);
    act(ending.signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function pause(milliseconds: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, milliseconds);
    ended.addEventListener('abort', over, { once: true });
    function over(): void {
      clearTimeout(timer);
      ended.removeEventListener('abort', over);
      resolve();
    }
  });
}
