import { filled, REQUEST_CLOCK_WINDOW } from '@coupon-media/apiv3';
import type { NonceWindow, UsedNonce } from '@coupon-media/server/engine';
import type { EngineCalls } from '../engine/calls.js';
import { type Reservation, reservationOf } from '../engine/reservation.js';
import type { Link, RedisConnection } from './connection.js';
import { LimitsError } from './errors.js';
import { EPOCH_KEY, nonceKey } from './keys.js';
import { KEEP, RELEASE, RESERVE, TELL_EPOCH } from './scripts.js';

/** The window, with the functions that only this folder uses. */
export interface RedisNonces extends NonceWindow {
  reserve(nonce: UsedNonce): Promise<boolean>;
  release(nonce: UsedNonce, settled: boolean): Promise<void>;
  /** Prepares a new link before it is used. */
  prepare(link: Link): Promise<void>;
  /** Writes nonces that were reserved without Redis. */
  write(link: Link, nonces: Iterable<UsedNonce>): Promise<void>;
  /** Returns the seconds until requests signed at that time are accepted; 0 if they are accepted now. */
  wait(): Promise<number>;
}

/**
 * All values are seconds.
 *
 * - `furthest`: how far a timestamp may be ahead of Redis' clock. It is the five minutes of the protocol, plus `slack`.
 * - `slack`: how far the clock of a node may differ from Redis'. Nonces are kept longer by this time, because nodes
 *   decide what is too old.
 * - `drift`: how far the clock of a Redis that takes over may be behind the previous one.
 * - `ahead`: a nonce whose timestamp is further ahead of Redis' clock is also reserved in the durable window.
 */
const BOUNDS = { ahead: 2, furthest: 305, drift: 1, slack: 5 };

/** The most uncertain reservations that are remembered, and the number of scripts that are sent at the same time. */
const DOUBTS = 10_000;
const AT_A_TIME = 500;

/**
 * The nonces of all nodes in one Redis.
 *
 * A nonce that was accepted is either remembered or not accepted again. Proof: let Redis lose its memory when its clock
 * says L. The first request after that begins an epoch E by its clock, so L ≤ E + drift. A request that was accepted
 * before had a timestamp T ≤ L + ahead, or it was also recorded in the durable window. Therefore T ≤ E + ahead + drift.
 * All requests with such a T are refused from now on, as FORGOTTEN and not as a replay, so that the client may sign
 * again. The recorded ones had T ≤ L + furthest, so all T ≤ E + furthest + drift are looked up in the durable window.
 * Without a durable window, `ahead` equals `furthest`: a replay of a request that was signed ahead cannot be told from
 * a new one, except by five minutes of refusals.
 *
 * A run that takes over begins its epoch `lease` seconds later than its clock says, because nodes that do not know of it yet
 * may use the previous one for so long (docs/decisions/027-redis-as-it-is-run.md): then L ≤ E + drift holds for their
 * requests, too.
 *
 * @param lease seconds; 0 if nobody registers which run is used
 * @param durable a window that survives a loss of Redis' memory. Without it, such a loss leads to five minutes of
 *   refused requests instead of three seconds
 */
export function createRedisNonces(
  connection: RedisConnection,
  calls: EngineCalls,
  lease: number,
  durable?: NonceWindow,
): RedisNonces {
  const { furthest, drift, slack } = BOUNDS;
  const ahead = durable ? BOUNDS.ahead : furthest;
  const bounds = [ahead, furthest, drift, slack].map(String);
  // The keys are the nonce objects of requests, so that an entry disappears with its request.
  const held = new WeakMap<UsedNonce, Reservation & { lasts?: boolean }>();
  /** Reservations whose response was lost. While they exist in Redis, their requests cannot be sent again. */
  const doubts = new Map<string, Reservation>();

  async function reserve(mine: Reservation): Promise<string> {
    const signedAt = mine.expiresAt - REQUEST_CLOCK_WINDOW;
    const words = [mine.token, String(signedAt), String(mine.expiresAt), ...bounds];
    let asked = false;
    const say = ({ run, until }: Link) => {
      asked = true;
      // Lua reads "inf" as a number, and not "Infinity".
      const end = Number.isFinite(until) ? String(until) : 'inf';
      return [EPOCH_KEY, nonceKey(mine.id), run, String(lease), end, ...words];
    };
    try {
      // The script is repeatable: it gives the nonce again to the token that holds it.
      const ask = () => calls.call('reserve', (signal) => connection.ask(RESERVE, say, signal));
      const verdict = await ask();
      if (verdict !== 'lapsed') return verdict;
      await connection.renew().catch((cause) => {
        throw new LimitsError('RECORD', UNCONFIRMED, { cause });
      });
      return await ask();
    } catch (error) {
      if (asked && doubts.size < DOUBTS) doubts.set(mine.token, mine);
      throw error;
    }
  }

  async function release(nonce: UsedNonce, settled: boolean): Promise<void> {
    const mine = held.get(nonce);
    if (!mine) return;
    held.delete(nonce);
    const say = () => [nonceKey(mine.id), mine.token];
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
      if (verdict === 'lapsed') throw new LimitsError('RECORD', UNCONFIRMED);
      held.set(nonce, { ...mine, lasts: verdict === 'ahead' });
      if (verdict !== 'ahead' || !durable) return true;
      try {
        return await durable.reserve(nonce);
      } catch (cause) {
        await release(nonce, false);
        throw new LimitsError('RECORD', UNRECORDED, { cause });
      }
    },
    /** Redis keeps reserved nonces, settled or not. */
    keep() {},
    release,
    async prepare(link) {
      for (const some of slices(doubts.values())) {
        await Promise.all(some.map(({ id, token }) => link.script(RELEASE, [nonceKey(id), token])));
        for (const { token } of some) doubts.delete(token);
      }
    },
    async write(link, nonces) {
      for (const some of slices(nonces)) {
        const keep = (nonce: UsedNonce) => {
          const mine = held.get(nonce) ?? reservationOf(nonce);
          held.set(nonce, mine);
          return link.script(KEEP, [nonceKey(mine.id), mine.token, String(mine.expiresAt + slack + 1)]);
        };
        await Promise.all(some.map(keep));
      }
    },
    async wait() {
      const say = ({ run }: Link) => [EPOCH_KEY, run, String(lease)];
      const ask = (signal: AbortSignal) => connection.ask(TELL_EPOCH, say, signal);
      const [since = 0, now = 0] = (await calls.call('epoch', ask)).split(' ').map(Number);
      return Math.max(0, since + ahead + drift + 1 - now);
    },
  };
}

/** @param seconds the time until requests signed then are accepted */
export function forgotten(seconds: number): LimitsError {
  return new LimitsError('FORGOTTEN', filled(FORGOTTEN, { seconds: Math.ceil(seconds) }));
}

const UNRECORDED = {
  'zh-CN': '无法在 Redis 之外记录随机串',
  en: 'a nonce could not be recorded beside Redis',
};
const UNCONFIRMED = {
  'zh-CN': '无法确认当前使用的 Redis 仍是主节点',
  en: 'it could not be confirmed that the Redis in use is still the primary',
};
const FORGOTTEN = {
  'zh-CN': 'Redis 丢失了请求记录：从现在起 {seconds} 秒后签名的请求可以接受',
  en: 'Redis has lost its memory of requests: requests signed from {seconds} s from now on are accepted',
};
const CLOCKS = {
  'zh-CN': '本节点与 Redis 的时钟相差超过 {slack} 秒：两者都应使用 NTP 同步',
  en: 'the clocks of this node and of Redis differ by more than {slack} s: both should be set by NTP',
};

function clock(): LimitsError {
  return new LimitsError('CLOCK', filled(CLOCKS, { slack: BOUNDS.slack }));
}

function* slices<T>(values: Iterable<T>): Generator<T[]> {
  const all = [...values];
  for (let at = 0; at < all.length; at += AT_A_TIME) yield all.slice(at, at + AT_A_TIME);
}
