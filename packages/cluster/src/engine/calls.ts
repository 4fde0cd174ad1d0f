import { BilingualError, filled, type Text } from '@coupon-media/apiv3';
import type { BreakerState, EngineCall } from '@coupon-media/server/engine';

export type EngineName = 'postgres' | 's3' | 'redis';

export interface EngineCalls {
  /**
   * Makes a call within the deadline, unless the breaker is open.
   *
   * @param operation one of a few values, for the metrics
   * @param act should end early when the signal aborts; its result is then ignored
   * @param options `repeatable` is false if doing it twice would be harmful. Default: true
   * @throws EngineError, or the last error of `act`
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
  /**
   * Whether the error means that the engine was unavailable. An engine that responded, even with a refusal, is
   * available.
   */
  isOutage(error: unknown): boolean;
  observe?: ((call: EngineCall) => void) | undefined;
  /** The most times that a repeatable call is made. Default: 3. */
  readonly attempts?: number;
  /** A monotonic clock in milliseconds. */
  now?: () => number;
}

/**
 * A call to an engine got no response. `DEADLINE`: not in time. `OPEN`: the breaker is open, so the call was not made.
 */
export class EngineError extends BilingualError {
  override readonly name = 'EngineError';
  constructor(
    readonly code: 'DEADLINE' | 'OPEN',
    readonly engine: EngineName,
    texts: Text,
    options?: ErrorOptions,
  ) {
    super(texts, options);
  }
}

/** The breaker opens after this many consecutive outages, and lets one call through after this many milliseconds. */
const BREAKER = { outages: 5, rest: 1_000 };

/** The most milliseconds before the first repetition. The limit doubles with each further one. */
const BACKOFF = 50;

/**
 * Makes the calls to one engine. Each call has a deadline and is repeated unless that would be harmful. While the
 * breaker is open no call is made: callers do not wait for a deadline that is certain to pass, and an engine that is
 * starting is not flooded.
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
  let lastAt = 0; // the time of the last outage
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
    // Calls that were in progress when the breaker opened reveal nothing new when they fail.
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
        throw new EngineError('OPEN', engine, filled(AWAY, { engine, operation }), { cause: lastOutage });
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
        return new EngineError('DEADLINE', engine, filled(LATE, { engine, operation, deadline }));
      }
    },
  };
}

/** Rejects with the error of `late` when the time is over, whether or not `act` observes its signal. */
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

const AWAY = {
  'zh-CN': '{engine} 不可用，未执行 {operation}',
  en: '{engine} is away; {operation} was not tried',
};
const LATE = {
  'zh-CN': '{engine} 未在 {deadline} 毫秒内响应 {operation}',
  en: '{engine} did not respond to {operation} within {deadline} ms',
};
