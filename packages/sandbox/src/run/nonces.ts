import { createNonceWindow } from '@coupon-media/server';
import type { Engines, NonceRecord, UsedNonce } from '@coupon-media/server/engine';
import type { Clock } from './clock.js';

type NonceWindow = Engines['nonces'];

/** A window of nonces that can forget all of them, so that a test can send what an earlier one has sent. */
export type ForgettingNonces = NonceWindow & {
  /** @returns how many were reserved since the last time */
  forget(): number;
};

/** @param first the window of the folder, which knows the nonces of earlier runs */
export function forgettingNonces(first: NonceWindow, clock: Clock): ForgettingNonces {
  let window = first;
  /** A reservation is settled in the window that made it. */
  const reservedIn = new WeakMap<UsedNonce, NonceWindow>();
  let reserved = 0;
  const windowOf = (nonce: UsedNonce): NonceWindow => reservedIn.get(nonce) ?? window;

  return {
    forget() {
      const forgotten = reserved;
      reserved = 0;
      window = createNonceWindow(() => Math.floor(clock.now() / 1000), NO_RECORD);
      return forgotten;
    },
    reserve(nonce) {
      reserved += 1;
      reservedIn.set(nonce, window);
      return window.reserve(nonce);
    },
    keep: (nonce) => windowOf(nonce).keep(nonce),
    release: (nonce, settled) => windowOf(nonce).release(nonce, settled),
  };
}

/** Nonces that may be forgotten at any time need not survive a restart. */
export const NO_RECORD: Pick<NonceRecord, 'remember' | 'forget'> = { async remember() {}, async forget() {} };
