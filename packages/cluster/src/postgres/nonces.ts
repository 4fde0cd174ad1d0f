import { explained } from '../sql/explained.js';
import type { Postgres } from './postgres.js';

/** A nonce of the few that have to outlive the window's own memory (limits/redis). */
export interface LastingNonce {
  readonly id: string;
  /** Of this reservation alone. */
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

export interface LastingNonces {
  /** @returns false where another token has the nonce */
  reserve(nonce: LastingNonce): Promise<boolean>;
  /** Forgets it where this token has it. */
  release(nonce: LastingNonce): Promise<void>;
}

/** Seconds that a nonce stays when it has expired: clocks differ, PostgreSQL's too. */
const SLACK = 600;

/** Milliseconds between looks for nonces that have expired. */
const PURGE_INTERVAL = 60_000;

export function createLastingNonces(postgres: Postgres): LastingNonces {
  let purgeAt = 0;

  function ask<Row>(text: string, values: readonly unknown[]) {
    return explained('a nonce could not be recorded', () =>
      postgres.calls.call('record nonce', () => postgres.run<Row>(text, values), { repeatable: true }),
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
    async reserve({ id, token, expiresAt }) {
      purge();
      const { rows } = await ask<{ mine: boolean }>(
        `with added as (
           insert into nonce (id, token, expires_at) values ($1, $2, $3) on conflict do nothing returning 1
         )
         select exists (select from added) or exists (select from nonce where id = $1 and token = $2) as mine`,
        [id, token, expiresAt],
      );
      return rows[0]?.mine === true;
    },
    async release({ id, token }) {
      await ask('delete from nonce where id = $1 and token = $2', [id, token]);
    },
  };
}
