import { type NonceWindow, type UsedNonce, wrapStoreError } from '@coupon-media/server/engine';
import { type Reservation, reservationOf } from '../engine/reservation.js';
import type { Postgres } from './database.js';

/** Seconds that a nonce stays when it has expired: clocks differ, PostgreSQL's too. */
const SLACK = 600;

/** Milliseconds between looks for nonces that have expired. */
const PURGE_INTERVAL = 60_000;

/** A window that outlives Redis' memory, for the few nonces for which that one does not do (redis/nonces.ts). */
export function createDurableNonces(postgres: Postgres): NonceWindow {
  // By the object that the request has: gone with it.
  const held = new WeakMap<UsedNonce, Reservation>();
  let purgeAt = 0;

  function ask<Row>(text: string, values: readonly unknown[]) {
    return wrapStoreError('a nonce could not be recorded', () =>
      postgres.calls.call('record nonce', () => postgres.run<Row>(text, values)),
    );
  }

  function purge(): void {
    if (performance.now() < purgeAt) return;
    purgeAt = performance.now() + PURGE_INTERVAL;
    // What cannot be deleted now is deleted in a minute.
    ask('delete from nonce where expires_at < extract(epoch from now()) - $1::bigint', [SLACK]).catch(
      () => undefined,
    );
  }

  return {
    async reserve(nonce) {
      purge();
      const mine = reservationOf(nonce);
      // Before the answer: where none comes, the nonce may be this request's all the same, and is to be released.
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
    /** What is reserved is recorded, settled or not. */
    keep() {},
    async release(nonce) {
      const mine = held.get(nonce);
      if (!mine) return;
      held.delete(nonce);
      // What cannot be forgotten expires.
      await ask('delete from nonce where id = $1 and token = $2', [mine.id, mine.token]).catch(
        () => undefined,
      );
    },
  };
}
