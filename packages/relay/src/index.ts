export type { TokenRecord, TokenScope, Tokens } from '@coupon-media/door';
export { type AccountOwner, findAccount, readAccountOwner } from './accounts/owner.js';
export { type Audit, type AuditQuery, openAudit } from './audit/audit.js';
export {
  type AuditEntry,
  type AuditEvent,
  type AuditOutcome,
  auditFields,
  type StoredEntry,
} from './audit/entry.js';
export { keepFor } from './audit/retention.js';
export { ALARMS, type AlarmCode, type AlarmRow } from './observe/alarm-table.js';
export { type Alarm, type Alarms, createAlarms } from './observe/alarms.js';
export { type Ending, watchExpiries } from './observe/expiries.js';
export { type AccountState, measureRelay, type RelayCounts, type RelaySources } from './observe/metrics.js';
export {
  createToken,
  type EarlierUpload,
  forgetImage,
  importUploads,
  type Operated,
  type OperatedTokens,
  revokeToken,
} from './operations.js';
export { checkOutbox } from './outbox/check.js';
export type {
  Claim,
  Follower,
  Outbox,
  Place,
  Recorded,
  Settled,
  UploadKey,
  Wish,
  WishWithImage,
} from './outbox/index.js';
export { openOutbox } from './outbox/open.js';
export { openRelayRecords, type RelayRecords } from './records.js';
export { type RelayOptions, startRelay } from './relay.js';
export { RelayError, type RelayErrorCode } from './relay-error.js';
export { upgradeRelay, WRAPPER_TABLES } from './schema.js';
