import type { Text } from '@coupon-media/apiv3';
import { Problem } from '../problems/problem.js';

/**
 * Loads packages/prepare, which is an optional peer and brings a decoder.
 *
 * @param missing what is said where it is not installed
 * @throws Problem `preparation-unavailable`
 */
export async function loadPrepare(missing: Text): Promise<typeof import('@coupon-media/prepare')> {
  try {
    return await import('@coupon-media/prepare');
  } catch (cause) {
    throw new Problem('preparation-unavailable', missing, { cause });
  }
}
