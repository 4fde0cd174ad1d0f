import { filled } from '@coupon-media/apiv3';
import { abortable, checkAborted } from './abort.js';
import { type Effects, realEffects } from './effects.js';
import { OptionError } from './errors.js';

/** How many calls may run at once, and how fast requests are sent. */
export interface LimitOptions {
  /** Requests per second, retries included, evenly spaced. Default: no limit. */
  perSecond?: number | undefined;
  /** Calls at a time. An upload waits before it reads its image, so this limits memory as well. Default 8. */
  concurrent?: number | undefined;
}

/** A limiter for all clients that receive it: the brands of one service provider share one quota (contract 6.1). */
export interface Limiter {
  /**
   * Waits until another call may run.
   *
   * @returns a function that ends the call
   * @throws AbortedError
   */
  acquire(signal?: AbortSignal): Promise<() => void>;
  /**
   * Waits until the next request may be sent.
   *
   * @throws AbortedError
   */
  turn(signal?: AbortSignal): Promise<void>;
}

/**
 * Makes a limiter for several clients.
 *
 * @throws OptionError
 * @example
 * ```ts
 * import { createClient, createLimiter } from '@coupon-media/client';
 *
 * const limit = createLimiter({ perSecond: 10, concurrent: 4 });
 * const common = {
 *   certificateSerialNo: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
 *   privateKeyPath: 'apiclient_key.pem',
 *   wechatPayPublicKeys: [{ id: 'PUB_KEY_ID_0119000000012025', publicKeyPath: 'pub_key.pem' }],
 *   limit,
 * };
 * const clients = ['1900000001', '1900000002'].map((mchid) => createClient({ ...common, mchid }));
 * console.log(clients.length);
 * ```
 */
export function createLimiter(
  { perSecond = Number.POSITIVE_INFINITY, concurrent = 8 }: LimitOptions = {},
  { now, sleep }: Pick<Effects, 'now' | 'sleep'> = realEffects,
): Limiter {
  if (!(perSecond > 0))
    throw new OptionError('limit.perSecond', { 'zh-CN': '应大于 0', en: 'must be more than 0' });
  if (!(concurrent >= 1))
    throw new OptionError('limit.concurrent', { 'zh-CN': '应不小于 1', en: 'must be 1 or more' });
  const places = createQueue();
  const turns = createQueue();
  let taken = 0;
  let nextTurn = 0;
  let serving = false;

  function leave(): void {
    if (!places.releaseNext()) taken -= 1;
  }

  /** Releases one waiting request after the other, as long as there are any. */
  async function serve(): Promise<void> {
    serving = true;
    while (turns.length() > 0) {
      const wait = nextTurn - now();
      if (wait > 0) await sleep(wait);
      if (turns.releaseNext()) nextTurn = Math.max(nextTurn, now()) + 1000 / perSecond;
    }
    serving = false;
  }

  return {
    async acquire(signal) {
      checkAborted(signal);
      if (taken < concurrent) taken += 1;
      else await places.wait(signal);
      return once(leave);
    },
    async turn(signal) {
      checkAborted(signal);
      if (perSecond === Number.POSITIVE_INFINITY) return;
      const called = turns.wait(signal);
      if (!serving) void serve();
      await called;
    },
  };
}

type Shared = Map<string, Limiter & { options: LimitOptions }>;

/** One map for the whole process, even if it loads this package twice, by `import` and by `require`. */
const SHARED = Symbol.for('@coupon-media/client limiters');
const everywhere: typeof globalThis & { [SHARED]?: Shared } = globalThis;
everywhere[SHARED] ??= new Map();
const shared = everywhere[SHARED];

/**
 * Gives the limiter of this process for a key. It is made at the first call.
 *
 * @throws OptionError if it was made with other numbers
 */
export function sharedLimiter(key: string, { perSecond, concurrent }: LimitOptions): Limiter {
  const options = { perSecond, concurrent };
  const limiter = shared.get(key) ?? { ...createLimiter(options), options };
  if (limiter.options.perSecond !== perSecond || limiter.options.concurrent !== concurrent) {
    const before = JSON.stringify(limiter.options);
    throw new OptionError('limit', filled(MADE_BEFORE, { key, before }));
  }
  shared.set(key, limiter);
  return limiter;
}

const MADE_BEFORE = {
  'zh-CN': '"{key}" 已用其他参数创建：{before}',
  en: '"{key}" was made with {before} before',
};

/** A first-in, first-out queue of waiting calls; an aborted call leaves it. */
function createQueue() {
  const waiting: (() => void)[] = [];
  return {
    length: () => waiting.length,
    releaseNext(): boolean {
      const call = waiting.shift();
      call?.();
      return call !== undefined;
    },
    async wait(signal: AbortSignal | undefined): Promise<void> {
      let call = (): void => {};
      const called = new Promise<void>((resolve) => {
        call = resolve;
      });
      waiting.push(call);
      try {
        await abortable(called, signal);
      } catch (error) {
        const at = waiting.indexOf(call);
        if (at >= 0) waiting.splice(at, 1);
        throw error;
      }
    },
  };
}

function once(callback: () => void): () => void {
  let done = false;
  return () => {
    if (!done) callback();
    done = true;
  };
}
