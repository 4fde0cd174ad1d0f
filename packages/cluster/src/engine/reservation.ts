import { createHash, randomBytes } from 'node:crypto';
import type { UsedNonce } from '@coupon-media/server/engine';

/** A nonce in the form in which shared engines store it. */
export interface Reservation {
  /** A digest of what identifies the request, so that its length does not depend on the caller. */
  readonly id: string;
  /** Identifies this reservation. Only its owner can release it, and repeating it after a lost response succeeds. */
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

export function reservationOf({ key, expiresAt }: UsedNonce): Reservation {
  const id = createHash('sha256').update(key).digest('base64url');
  return { id, token: randomBytes(12).toString('base64url'), expiresAt };
}
