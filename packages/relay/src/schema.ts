import type { Database } from '@coupon-media/server/engine';
import { AUDIT_STEPS } from './audit/schema.js';
import { OUTBOX_STEPS } from './outbox/schema.js';

/** Brings the relay's tables to their newest schema: the steps of all its rooms, which have one owner and one order. */
export function upgradeRelay(database: Database): Promise<void> {
  return database.upgrade('relay', { ...OUTBOX_STEPS, ...AUDIT_STEPS });
}
