import { type NonceWindow, type UsedNonce, wrapStoreError } from '@coupon-media/server/engine';
import { type Reservation, reservationOf } from '../engine/reservation.js';
import type { Postgres } from './database.js';

/** Seconds that an expired nonce is kept, because clocks differ, including the clock of PostgreSQL. */
const SLACK = 600;

/** Milliseconds between deletions of expired nonces. */
const PURGE_INTERVAL = 60_000;

/**
 * Creates a window that survives a loss of Redis' memory, for the few nonces for which Redis does not suffice
 * (redis/nonces.ts).
 */
export function createDurableNonces(postgres: Postgres): NonceWindow {
  // The keys are the nonce objects of requests, so that an entry disappears with its request.
  const held = new WeakMap<UsedNonce, Reservation>();
  let purgeAt = 0;

  function ask<Row>(text: string, values: readonly unknown[]) {
    return wrapStoreError({ 'zh-CN': '无法记录随机串', en: 'a nonce could not be recorded' }, () =>
      postgres.calls.call('record nonce', () => postgres.run<Row>(text, values)),
    );
  }

  function purge(): void {
    if (performance.now() < purgeAt) return;
    purgeAt = performance.now() + PURGE_INTERVAL;
    // What cannot be deleted now is deleted a minute later.
    ask('delete from nonce where expires_at < extract(epoch from now()) - $1::bigint', [SLACK]).catch(
      () => undefined,
    );
  }

  return {
    async reserve(nonce) {
      purge();
      const mine = reservationOf(nonce);
      // The reservation is remembered before the response. If no response comes, the nonce may be reserved for this
      // request and must be released.
      held.set(nonce, mine);
      const { rows } = await ask<{ mine: boolean }>(
        `with added as (
           insert into nonce (id, token, expires_at) values ($1, $2, $3) on conflict do nothing returning 1
         )
         select exists (select from added) or exists (select from nonce where id = $1 and token = $2) as mine`,
        [mine.id, mine.token, mine.expiresAt],
      );
      if (rows[0]?.mine === true) return true;
      held.delete(nonce);
      return false;
    },
    /** Reserved nonces are recorded already, settled or not. */
    keep() {},
    async release(nonce) {
      const mine = held.get(nonce);
      if (!mine) return;
      held.delete(nonce);
      // A nonce that cannot be released expires.
      await ask('delete from nonce where id = $1 and token = $2', [mine.id, mine.token]).catch(
        () => undefined,
      );
    },
  };
}
