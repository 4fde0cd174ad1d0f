/** Days before the end of a key, a certificate or a token: at each of them it is told again, and more urgently. */
export const EXPIRY_DAYS = [30, 7, 1] as const;

/** How near an end is: within so many days, or behind. */
export type ExpiryStage = (typeof EXPIRY_DAYS)[number] | 'expired';

/**
 * Says how near the end of a key, a certificate or a token is.
 *
 * @param notAfter the last Unix second at which it is valid
 * @param now Unix seconds
 * @returns undefined if it is more than 30 days away
 * @example
 * ```ts
 * import { expiryStage } from '@coupon-media/apiv3';
 *
 * console.log(expiryStage(1_796_000_000, 1_795_500_000)); // 7
 * ```
 */
export function expiryStage(notAfter: number, now: number): ExpiryStage | undefined {
  if (now > notAfter) return 'expired';
  return EXPIRY_DAYS.findLast((days) => notAfter - now <= days * DAY);
}

/** Seconds. */
const DAY = 86_400;
