import type { UploadEndpointName } from '@coupon-media/apiv3';
import type { Row, Value } from '@coupon-media/server/engine';

/**
 * What an entry tells of.
 *
 * - `request`: what a caller asked for, and how it was answered
 * - `upload`: the calls to upstream that one upload took, in the same commit as its result
 * - `forget`, `import`: the operator changed what is recorded
 * - `token-…`: a token was made, was revoked, or arrived in clear from elsewhere
 */
export type AuditEvent =
  | 'request'
  | 'upload'
  | 'forget'
  | 'import'
  | 'token-created'
  | 'token-revoked'
  | 'token-compromised';

/** One thing that happened. It holds no key, no token, no signature and no byte of an image. */
export interface AuditEntry {
  /** Unix milliseconds. */
  readonly at: number;
  readonly event: AuditEvent;
  /** An mchid, the public id of a token as `cmr_…`, or `machine:` and the user who ran a command. */
  readonly caller: string;
  /**
   * How it ended: `published`, `reused`, `accepted` (202, the URL comes later), `refused`, `waiting` (429), `unavailable`; of the events
   * of an operator `done`.
   */
  readonly outcome: AuditOutcome;
  /** The name of the upstream account. */
  readonly account?: string | undefined;
  readonly door?: 'apiv3' | 'plain' | undefined;
  readonly endpoint?: UploadEndpointName | undefined;
  /** 64 lower-case hex digits. */
  readonly sha256?: string | undefined;
  readonly filename?: string | undefined;
  /** The slot of a coupon that the image was prepared for. */
  readonly slot?: string | undefined;
  /** What preparing changed, by the codes of the changes. */
  readonly changes?: readonly string[] | undefined;
  /** The stable code of a refusal or of the relay's trouble. */
  readonly code?: string | undefined;
  /** Requests that were sent to upstream. */
  readonly attempts?: number | undefined;
  /** Origins of upstream that were tried, in order. */
  readonly hosts?: readonly string[] | undefined;
  /** The first half of the relay's own Request-ID. */
  readonly requestId?: string | undefined;
  /** The whole Request-ID of upstream's response. */
  readonly upstreamRequestId?: string | undefined;
  /** The URL, or the media_id of an endpoint that answers with one. */
  readonly value?: string | undefined;
  readonly milliseconds?: number | undefined;
  /** Of the events of tokens: the public id of the token that it is about. */
  readonly subject?: string | undefined;
}

export type AuditOutcome =
  | 'published'
  | 'reused'
  | 'accepted'
  | 'refused'
  | 'waiting'
  | 'unavailable'
  | 'done';

/** An entry as it was stored. */
export interface StoredEntry extends AuditEntry {
  /** Where the next page begins, for `after`. Ids grow with time. */
  readonly id: string;
}

/** The columns of the table, in order, and the field of an entry that each one holds. */
const COLUMNS = [
  ['at', 'at'],
  ['event', 'event'],
  ['caller', 'caller'],
  ['outcome', 'outcome'],
  ['account', 'account'],
  ['door', 'door'],
  ['endpoint', 'endpoint'],
  ['sha256', 'sha256'],
  ['filename', 'filename'],
  ['slot', 'slot'],
  ['changes', 'changes'],
  ['code', 'code'],
  ['attempts', 'attempts'],
  ['hosts', 'hosts'],
  ['request_id', 'requestId'],
  ['upstream_request_id', 'upstreamRequestId'],
  ['value', 'value'],
  ['milliseconds', 'milliseconds'],
  ['subject', 'subject'],
] as const satisfies readonly (readonly [string, keyof AuditEntry])[];

export const COLUMN_NAMES: readonly string[] = COLUMNS.map(([column]) => column);

/** @returns the values of an entry, in the order of the columns. Lists become JSON */
export function valuesOf(entry: AuditEntry): readonly Value[] {
  return COLUMNS.map(([, field]) => {
    const value = entry[field];
    if (value === undefined) return null;
    return typeof value === 'object' ? JSON.stringify(value) : value;
  });
}

/** @param row with the column `id` as well */
export function entryOf(row: Row): StoredEntry {
  const fields = COLUMNS.flatMap(([column, field]) => {
    const value = row[column];
    if (value === null || value === undefined) return [];
    return [[field, LISTS.has(column) ? JSON.parse(String(value)) : value]];
  });
  return { id: `${row.at}-${row.id}`, ...(Object.fromEntries(fields) as AuditEntry) };
}

const LISTS: ReadonlySet<string> = new Set(['changes', 'hosts']);

/** @returns an entry as `GET /v1/audit` has it: the names of the columns, absent values left out, and the time as RFC 3339 */
export function auditFields(entry: StoredEntry): Readonly<Record<string, unknown>> {
  const { id, at } = entry;
  const rest = COLUMNS.slice(1).map(([column, field]) => [column, entry[field]]);
  return { id, at: new Date(at).toISOString(), ...Object.fromEntries(rest) };
}
