import { setTimeout as sleep } from 'node:timers/promises';
import type { Limiter } from '@coupon-media/client';
import { firstPace, type PaceState, slowDown, takeTurns } from './arithmetic.js';
import type { PaceStates } from './states.js';

/** When requests go upstream: each has a turn, and upstream's 429 slows all. */
export interface Pace {
  /** Opens the part of an account. Accounts of one pace have equal parts while they want them: none waits behind all that another wants. */
  open(): PaceShare;
}

/** What an account has of a pace. */
export interface PaceShare {
  /** Gives each request of a client its turn, retries included, and bounds the calls under way of the pace. */
  readonly limiter: Limiter;
  /** Requests of this node and account that wait for their turn. */
  waiting(): number;
  /** Requests per second of the whole pace, as this node knows it. */
  perSecond(): number;
  /** Accounts of this node that want turns now, this one included. */
  sharers(): number;
  /** Upstream has answered 429. */
  slowed(): void;
  /** @param listener called whenever a request of the account has had its turn, so that another may wait for one */
  onTurn(listener: () => void): void;
}

/** Turns are taken for this many milliseconds at a time: one change of the shared row for many requests. */
const TAKEN = 100;

/** Milliseconds after which turns are asked for again while the store is away. */
const AGAIN = 250;

/**
 * @param name of the pace
 * @param most requests per second that are configured; undefined: to be found
 * @param concurrent calls under way at most
 * @param clock Unix milliseconds
 */
export function createPace(
  name: string,
  {
    states,
    most,
    concurrent,
    clock,
  }: { states: PaceStates; most: number | undefined; concurrent: number; clock: () => number },
): Pace {
  const shares: Share[] = [];
  const places: Waiting[] = [];
  let taken = 0;
  let serving = false;
  let known: PaceState = firstPace(most, clock());

  async function change<T>(act: (state: PaceState) => { state: PaceState; result: T }): Promise<T> {
    return states.change(name, (state = firstPace(most, clock())) => {
      const changed = act(state);
      known = changed.state;
      return changed;
    });
  }

  const length = (): number => shares.reduce((sum, { turns }) => sum + turns.length, 0);

  /** Gives the turn to the account whose last one is the longest ago. */
  function next(): void {
    const share = shares.find(({ turns }) => turns.length > 0);
    if (!share) return;
    shares.push(...shares.splice(shares.indexOf(share), 1));
    share.turns.shift()?.go();
    share.given();
  }

  async function serve(): Promise<void> {
    serving = true;
    while (length() > 0) {
      const wanted = Math.min(length(), Math.max(1, Math.round((known.rate * TAKEN) / 1000)));
      try {
        const first = await change((state) => {
          const { state: after, first } = takeTurns(state, wanted, clock(), most);
          return { state: after, result: first };
        });
        for (let turn = 0; turn < wanted && length() > 0; turn += 1) {
          const wait = first + (turn * 1000) / known.rate - clock();
          // Timers have steps of a millisecond.
          if (wait >= 1) await sleep(wait);
          next();
        }
      } catch {
        // The store is away: whoever calls it reports that. Turns wait until it is back.
        await sleep(AGAIN);
      }
    }
    serving = false;
  }

  function leave(): void {
    const next = places.shift();
    if (next) next.go();
    else taken -= 1;
  }

  function open(): PaceShare {
    const share: Share = { turns: [], given: () => {} };
    shares.push(share);
    return {
      limiter: limiterOf(share),
      waiting: () => share.turns.length,
      perSecond: () => known.rate,
      sharers: () => shares.filter((other) => other === share || other.turns.length > 0).length,
      slowed() {
        // If the store is away, the next refusal says it again.
        change((state) => ({ state: slowDown(state, clock()), result: undefined })).catch(() => {});
      },
      onTurn(listener) {
        share.given = listener;
      },
    };
  }

  function limiterOf({ turns }: Share): Limiter {
    return {
      async acquire(signal) {
        if (taken < concurrent) taken += 1;
        else await waitIn(places, signal);
        let hasLeft = false;
        return () => {
          if (!hasLeft) leave();
          hasLeft = true;
        };
      },
      async turn(signal) {
        const called = waitIn(turns, signal);
        if (!serving) void serve();
        await called;
      },
    };
  }

  return { open };
}

interface Share {
  readonly turns: Waiting[];
  given(): void;
}

interface Waiting {
  go(): void;
}

/** First come, first served. Rejects with the signal's reason if it comes first. */
function waitIn(line: Waiting[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const place: Waiting = {
      go() {
        signal?.removeEventListener('abort', gone);
        resolve();
      },
    };
    function gone(): void {
      const at = line.indexOf(place);
      if (at >= 0) line.splice(at, 1);
      reject(signal?.reason);
    }
    if (signal?.aborted) return gone();
    signal?.addEventListener('abort', gone, { once: true });
    line.push(place);
  });
}
