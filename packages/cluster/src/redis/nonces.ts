import { REQUEST_CLOCK_WINDOW } from '@coupon-media/apiv3';
import type { NonceWindow, UsedNonce } from '@coupon-media/server/engine';
import type { EngineCalls } from '../engine/calls.js';
import { type Reservation, reservationOf } from '../engine/reservation.js';
import type { Link, RedisConnection } from './connection.js';
import { LimitsError } from './errors.js';
import { KEEP, RELEASE, RESERVE, TELL_EPOCH } from './scripts.js';

/** The window, and what the rest of this room has to do with it. */
export interface RedisNonces extends NonceWindow {
  reserve(nonce: UsedNonce): Promise<boolean>;
  release(nonce: UsedNonce, settled: boolean): Promise<void>;
  /** What a new link is to be told before it is used. */
  prepare(link: Link): Promise<void>;
  /** Writes what was reserved without Redis. */
  write(link: Link, nonces: Iterable<UsedNonce>): Promise<void>;
  /** Seconds until requests signed then are accepted; 0 where they are. */
  wait(): Promise<number>;
}

/**
 * Seconds.
 *
 * - `furthest`: a timestamp is ahead of Redis' clock by no more, else the request is not accepted: the five minutes of the
 *   protocol, and `slack`.
 * - `slack`: how far a node's clock may be from Redis'. A nonce stays so much longer, since nodes judge what is too old.
 * - `drift`: how far the clock of a Redis that takes over may be behind that of the one before.
 * - `ahead`: a nonce whose timestamp is ahead of Redis' clock by more is reserved in the durable window, too.
 */
const BOUNDS = { ahead: 2, furthest: 305, drift: 1, slack: 5 };

/** How many reservations in doubt are remembered at most, and how many scripts are sent at a time. */
const DOUBTS = 10_000;
const AT_A_TIME = 500;

/**
 * The nonces of all nodes, in one Redis.
 *
 * What was accepted is remembered, or not accepted again: let Redis lose its memory when its clock says L. Whoever asks it first
 * after that begins an epoch E, by its clock then: L ≤ E + drift. A request accepted before had a timestamp T ≤ L + ahead, or it
 * was recorded elsewhere. So T ≤ E + ahead + drift, all of which are refused from now on, as FORGOTTEN and not as a replay: it
 * may be signed again. What was recorded elsewhere had T ≤ L + furthest, and all T ≤ E + furthest + drift are looked up there.
 * Without `durable`, `ahead` is `furthest`: nothing but five minutes of refusals tells a request that was signed ahead and is
 * sent again from one that is signed now.
 *
 * @param durable a window that outlives Redis' memory; without it, five minutes of requests are refused after a loss, and not three
 *   seconds
 */
export function createRedisNonces(
  connection: RedisConnection,
  calls: EngineCalls,
  keys: { epoch: string; nonce: (id: string) => string },
  durable?: NonceWindow,
): RedisNonces {
  const { furthest, drift, slack } = BOUNDS;
  const ahead = durable ? BOUNDS.ahead : furthest;
  const bounds = [ahead, furthest, drift, slack].map(String);
  // By the object that the request has: gone with it.
  const held = new WeakMap<UsedNonce, Reservation & { lasts?: boolean }>();
  /** Asked for, and not known whether given: while they stay, their requests cannot be sent again. */
  const doubts = new Map<string, Reservation>();

  async function reserve(mine: Reservation): Promise<string> {
    const signedAt = mine.expiresAt - REQUEST_CLOCK_WINDOW;
    const words = [mine.token, String(signedAt), String(mine.expiresAt), ...bounds];
    let asked = false;
    const say = (run: string) => {
      asked = true;
      return [keys.epoch, keys.nonce(mine.id), run, ...words];
    };
    try {
      // Repeated, it gives the token that has it the same again.
      return await calls.call('reserve', (signal) => connection.ask(RESERVE, say, signal));
    } catch (error) {
      if (asked && doubts.size < DOUBTS) doubts.set(mine.token, mine);
      throw error;
    }
  }

  async function release(nonce: UsedNonce, settled: boolean): Promise<void> {
    const mine = held.get(nonce);
    if (!mine) return;
    held.delete(nonce);
    const say = () => [keys.nonce(mine.id), mine.token];
    await Promise.allSettled([
      mine.lasts && durable?.release(nonce, settled),
      calls.call('release', (signal) => connection.ask(RELEASE, say, signal)),
    ]);
  }

  return {
    async reserve(nonce) {
      const mine = reservationOf(nonce);
      const [verdict, seconds] = (await reserve(mine)).split(' ');
      if (verdict === 'used') return false;
      if (verdict === 'forgotten') throw forgotten(Number(seconds));
      if (verdict === 'clock') throw clock();
      held.set(nonce, { ...mine, lasts: verdict === 'ahead' });
      if (verdict !== 'ahead' || !durable) return true;
      try {
        return await durable.reserve(nonce);
      } catch (cause) {
        await release(nonce, false);
        throw new LimitsError('RECORD', 'a nonce could not be recorded beside Redis', { cause });
      }
    },
    /** Redis keeps what is reserved, settled or not. */
    keep() {},
    release,
    async prepare(link) {
      for (const some of slices(doubts.values())) {
        await Promise.all(some.map(({ id, token }) => link.script(RELEASE, [keys.nonce(id), token])));
        for (const { token } of some) doubts.delete(token);
      }
    },
    async write(link, nonces) {
      for (const some of slices(nonces)) {
        const keep = (nonce: UsedNonce) => {
          const mine = held.get(nonce) ?? reservationOf(nonce);
          held.set(nonce, mine);
          return link.script(KEEP, [keys.nonce(mine.id), mine.token, String(mine.expiresAt + slack + 1)]);
        };
        await Promise.all(some.map(keep));
      }
    },
    async wait() {
      const say = (run: string) => [keys.epoch, run];
      const ask = (signal: AbortSignal) => connection.ask(TELL_EPOCH, say, signal);
      const [since = 0, now = 0] = (await calls.call('epoch', ask)).split(' ').map(Number);
      return Math.max(0, since + ahead + drift + 1 - now);
    },
  };
}

/** @param seconds until requests signed then are accepted */
export function forgotten(seconds: number): LimitsError {
  const rest = `requests signed from ${Math.ceil(seconds)} s from now on are accepted`;
  return new LimitsError('FORGOTTEN', `Redis has lost its memory of requests: ${rest}`);
}

function clock(): LimitsError {
  const advice = 'both should be set by NTP';
  return new LimitsError(
    'CLOCK',
    `the clocks of this node and of Redis differ by more than ${BOUNDS.slack} s: ${advice}`,
  );
}

function* slices<T>(values: Iterable<T>): Generator<T[]> {
  const all = [...values];
  for (let at = 0; at < all.length; at += AT_A_TIME) yield all.slice(at, at + AT_A_TIME);
}
