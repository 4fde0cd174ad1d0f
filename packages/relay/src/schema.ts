import { upgradeDoor } from '@coupon-media/door';
import type { Database } from '@coupon-media/server/engine';
import { AUDIT_STEPS } from './audit/schema.js';
import { OUTBOX_STEPS } from './outbox/schema.js';
import { PACE_STEPS } from './pace/states.js';

/** What brings the tables of a relay and of its door to their newest schema, by their owners: for a move to other engines. */
export const WRAPPER_TABLES: Readonly<Record<string, (database: Database) => Promise<void>>> = {
  relay: upgradeRelay,
  door: upgradeDoor,
};

/** Brings the tables of the relay to their newest schema. */
export async function upgradeRelay(database: Database): Promise<void> {
  // The outbox takes over what a door of before recorded.
  await upgradeDoor(database);
  await database.upgrade('relay', { ...OUTBOX_STEPS, ...AUDIT_STEPS, ...PACE_STEPS });
}
