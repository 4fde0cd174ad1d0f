import type { Publisher } from '@coupon-media/door';
import type { ServiceLog } from '@coupon-media/server';
import type { Engines } from '@coupon-media/server/engine';
import type { Accounts } from './accounts/accounts.js';
import type { Audit } from './audit/audit.js';
import type { Alarms } from './observe/alarms.js';
import type { Outbox } from './outbox/index.js';

/** What a door of the relay is made of. */
export interface RelayParts {
  readonly engines: Engines;
  readonly accounts: Accounts;
  readonly publisher: Publisher;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly alarms: Alarms;
  readonly log: ServiceLog;
  /** Unix milliseconds. */
  readonly clock: () => number;
}
