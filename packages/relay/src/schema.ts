import type { Database } from '@coupon-media/server/engine';
import { AUDIT_STEPS } from './audit/schema.js';
import { OUTBOX_STEPS } from './outbox/schema.js';
import { PACE_STEPS } from './pace/states.js';

/** Brings the tables of the relay to their newest schema. */
export function upgradeRelay(database: Database): Promise<void> {
  return database.upgrade('relay', { ...OUTBOX_STEPS, ...AUDIT_STEPS, ...PACE_STEPS });
}
