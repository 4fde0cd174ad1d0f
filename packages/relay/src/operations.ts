import { type ImageKind, type UploadEndpointName, uploadEndpoints } from '@coupon-media/apiv3';
import type { NewToken, TokenRecord, Tokens } from '@coupon-media/door';
import type { Database } from '@coupon-media/server/engine';
import type { Audit } from './audit/audit.js';
import type { Recorded, Wish } from './outbox/index.js';
import { forgetRecorded, readRecorded, recording } from './outbox/rows.js';

/** What the operator's commands change, and the audit that tells of it. A relay may run meanwhile. */
export interface Operated {
  readonly database: Database;
  readonly audit: Audit;
  /** Who runs the command: `machine:` and a user. */
  readonly caller: string;
}

/** What the commands for tokens change. */
export interface OperatedTokens extends Pick<Operated, 'audit' | 'caller'> {
  readonly tokens: Tokens;
}

/**
 * Makes the next upload of an image go upstream again, at every endpoint of an account.
 *
 * @param sha256 64 lower-case hex digits
 * @returns the endpoints at which it was recorded
 */
export async function forgetImage(
  { database, audit, caller }: Operated,
  account: string,
  sha256: string,
): Promise<readonly UploadEndpointName[]> {
  const forgotten: UploadEndpointName[] = [];
  for (const { name: endpoint } of uploadEndpoints) {
    const key = { account, endpoint, sha256 };
    const recorded = await readRecorded(database, key);
    if (!recorded) continue;
    const { value, upstreamRequestId } = recorded;
    const entry = audit.appending({
      ...({ at: Date.now(), event: 'forget', outcome: 'done', caller } as const),
      ...{ ...key, value, upstreamRequestId },
    });
    if (await forgetRecorded(database, key, [entry])) forgotten.push(endpoint);
  }
  return forgotten;
}

/** Makes a token, and the entry of the audit that tells of it, in one commit. The same as {@link Tokens.create}. */
export function createToken(
  { tokens, audit, caller }: OperatedTokens,
  token: NewToken,
): ReturnType<Tokens['create']> {
  return tokens.create(token, ({ id: subject, account, createdAt: at }) => [
    audit.appending({ at, event: 'token-created', outcome: 'done', caller, account, subject }),
  ]);
}

/** Revokes a token, and appends the entry of the audit that tells of it, in one commit. The same as {@link Tokens.revoke}. */
export function revokeToken(
  { tokens, audit, caller }: OperatedTokens,
  id: string,
): Promise<TokenRecord | undefined> {
  return tokens.revoke(id, ({ id: subject, account }) => [
    audit.appending({ at: Date.now(), event: 'token-revoked', outcome: 'done', caller, account, subject }),
  ]);
}

/** An upload that was made without the relay. */
export interface EarlierUpload extends Recorded {
  readonly filename: string;
  readonly bytes: number;
}

/** Rows of one commit. */
const BATCH = 200;

/**
 * Takes over what was uploaded before, so that it is not uploaded again. What is recorded already stays as it is.
 *
 * @returns how many were new
 */
export async function importUploads(operated: Operated, uploads: readonly EarlierUpload[]): Promise<number> {
  const { database, audit, caller } = operated;
  let taken = 0;
  for (let from = 0; from < uploads.length; from += BATCH) {
    const batch: EarlierUpload[] = [];
    for (const upload of uploads.slice(from, from + BATCH))
      if (!(await readRecorded(database, upload))) batch.push(upload);
    if (batch.length === 0) continue;
    await database.write(
      batch.flatMap((upload) => {
        const { account, endpoint, sha256, filename, value, upstreamRequestId } = upload;
        const entry = audit.appending({
          ...({ at: Date.now(), event: 'import', outcome: 'done', caller } as const),
          ...{ account, endpoint, sha256, filename, value, upstreamRequestId },
        });
        return [recording(wishOf(upload, caller), upload), entry];
      }),
    );
    taken += batch.length;
  }
  return taken;
}

function wishOf({ account, endpoint, sha256, filename, bytes, at }: EarlierUpload, caller: string): Wish {
  return { account, endpoint, sha256, filename, bytes, caller, since: at, kind: kindOf(filename) };
}

/** The kind by the name: what was uploaded has a suffix that fits (contract 1.3). */
function kindOf(filename: string): ImageKind {
  const suffix = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return suffix === 'png' || suffix === 'bmp' ? suffix : 'jpg';
}
