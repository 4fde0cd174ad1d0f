import { createHash, randomBytes } from 'node:crypto';
import type { UsedNonce } from '@coupon-media/server/engine';

/** A nonce as engines that many nodes share know it. */
export interface Reservation {
  /** A digest of what makes the request: of bounded length, whatever the caller sent. */
  readonly id: string;
  /** Of this reservation alone: nobody forgets another's, and who asks again after a lost answer is given what it has. */
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

export function reservationOf({ key, expiresAt }: UsedNonce): Reservation {
  const id = createHash('sha256').update(key).digest('base64url');
  return { id, token: randomBytes(12).toString('base64url'), expiresAt };
}
