import type { ImageKind, UploadEndpointName } from '@coupon-media/apiv3';
import type { RecordedChange } from '@coupon-media/door';
import type { Database, Row, Statement, Value } from '@coupon-media/server/engine';
import type { Recorded, UploadKey, Wish } from './index.js';

/** One text for a key, for maps and for what nodes tell each other. No part of it has a space. */
export function textOf({ account, endpoint, sha256 }: UploadKey): string {
  return `${account} ${endpoint} ${sha256}`;
}

/** The parameters that name a row. */
export function keyValues({ account, endpoint, sha256 }: UploadKey): Value[] {
  return [account, endpoint, Buffer.from(sha256, 'hex')];
}

/** The columns of a wish, in the order of {@link wishValues}. */
export const WISH_COLUMNS =
  'account, endpoint, sha256, kind, filename, bytes, caller, since, width, height, slot, changes';

export function wishValues(wish: Wish): Value[] {
  const { kind, filename, bytes, caller, since, width, height, slot } = wish;
  return [
    ...[...keyValues(wish), kind, filename, bytes, caller, since],
    ...[width ?? null, height ?? null, slot ?? null, changesText(wish)],
  ];
}

/** @returns null if nothing was changed, as of most images */
export function changesText({ changes = [] }: Pick<Wish, 'changes'>): string | null {
  return changes.length === 0 ? null : JSON.stringify(changes);
}

export function wishOf(row: Row): Wish {
  const { width, height, slot, changes } = row;
  return {
    ...keyOfRow(row),
    kind: String(row.kind) as ImageKind,
    filename: String(row.filename),
    bytes: Number(row.bytes),
    caller: String(row.caller),
    since: Number(row.since),
    ...(width != null && { width: Number(width) }),
    ...(height != null && { height: Number(height) }),
    ...(slot != null && { slot: String(slot) }),
    ...(changes != null && { changes: JSON.parse(String(changes)) as RecordedChange[] }),
  };
}

/** The columns of what is recorded. */
export const RECORDED_COLUMNS = 'account, endpoint, sha256, value, upstream_request_id, at';

export function recordedOf(row: Row): Recorded {
  return {
    ...keyOfRow(row),
    value: String(row.value),
    upstreamRequestId: String(row.upstream_request_id),
    at: Number(row.at),
  };
}

/** Only the key of what has more. */
export function keyOf({ account, endpoint, sha256 }: UploadKey): UploadKey {
  return { account, endpoint, sha256 };
}

export function keyOfRow({ account, endpoint, sha256 }: Row): UploadKey {
  return {
    account: String(account),
    endpoint: String(endpoint) as UploadEndpointName,
    sha256: Buffer.isBuffer(sha256) ? sha256.toString('hex') : '',
  };
}

/** Reads what is recorded for a key, without an outbox. */
export async function readRecorded(database: Database, key: UploadKey): Promise<Recorded | undefined> {
  const [row] = await database.read({ text: RECORDED, values: keyValues(key) }, { operation: 'read upload' });
  return row && recordedOf(row);
}

/** Removes what is recorded for a key. @param beside statements of the same commit. @returns false if nothing was recorded */
export async function forgetRecorded(
  database: Database,
  key: UploadKey,
  beside: readonly Statement[] = [],
): Promise<boolean> {
  const [forgotten] = await database.write([{ text: FORGET, values: keyValues(key) }, ...beside], {
    operation: 'forget upload',
  });
  return (forgotten?.length ?? 0) > 0;
}

/** Records what upstream gave. What was recorded before stands; then the statement returns no row. */
export function recording(
  wish: Wish,
  { value, upstreamRequestId, at }: Omit<Recorded, keyof UploadKey>,
): Statement {
  return { text: RECORD_ALONE, values: [...wishValues(wish), value, upstreamRequestId, at] };
}

const RECORDED = `select ${RECORDED_COLUMNS} from relay_upload
  where account = ? and endpoint = ? and sha256 = ? and value is not null`;
const FORGET = `delete from relay_upload where account = ? and endpoint = ? and sha256 = ? and value is not null
  returning id`;
/** Places for the values of a wish in a statement. */
export const PLACES = WISH_COLUMNS.replace(/\w+/g, '?');

/** Exported for the engine that tells other nodes of it in the same statement. */
export const RECORD = `insert into relay_upload (${WISH_COLUMNS}, value, upstream_request_id, at)
  values (${PLACES}, ?, ?, ?)
  on conflict (account, endpoint, sha256) do update set value = excluded.value,
    upstream_request_id = excluded.upstream_request_id, at = excluded.at, refusal = null
    where relay_upload.value is null`;
const RECORD_ALONE = `${RECORD} returning id`;

/** @returns the number of pending uploads and the Unix milliseconds of the oldest */
export async function readBacklog(
  database: Database,
): Promise<{ readonly pending: number; readonly oldest: number | undefined }> {
  const [row] = await database.read({ text: BACKLOG, values: [] }, { operation: 'read backlog' });
  return { pending: Number(row?.pending), oldest: row?.oldest == null ? undefined : Number(row.oldest) };
}

const BACKLOG =
  'select count(*) as pending, min(since) as oldest from relay_upload where value is null and refusal is null';
