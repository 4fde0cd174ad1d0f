export { type Audit, type AuditQuery, openAudit } from './audit/audit.js';
export type { AuditEntry, AuditEvent, AuditOutcome, StoredEntry } from './audit/entry.js';
export { keepFor } from './audit/retention.js';
export { AUDIT_STEPS } from './audit/schema.js';
export { ALARMS, type AlarmCode, type AlarmRow } from './observe/alarm-table.js';
export { type Alarm, type Alarms, createAlarms } from './observe/alarms.js';
export { type AccountState, measureRelay, type RelayCounts, type RelaySources } from './observe/metrics.js';
export type { Claim, Outbox, Recorded, UploadKey, Wish } from './outbox/index.js';
export type { Upstream, UpstreamResult, UpstreamUpload } from './upstream/index.js';
