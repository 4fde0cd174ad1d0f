import type { Database } from '@coupon-media/server/engine';
import { isSecret, type TokenText } from './token.js';
import { COLUMNS, recordOf, type TokenRecord } from './tokens.js';

/** Why a token is not accepted. The bearer of a wrong secret learns nothing of the token. */
export type TokenFault = 'unknown' | 'revoked' | 'expired';

export interface Authenticator {
  /**
   * @returns the record of the token, or why it is not accepted
   * @throws StoreError
   */
  authenticate(token: TokenText): Promise<TokenRecord | TokenFault>;
  /** Whether the token was accepted before, so that asking the database for it is worth while. */
  isFamiliar(id: string): boolean;
}

/** Milliseconds for which a record is believed: a token that was revoked elsewhere stops within a second. */
const BELIEVED = 900;
/** Milliseconds between two records of a token's last use. */
const USE_RECORDED = 600_000;
/** Records that are kept, those of unknown ids included. */
const MOST = 10_000;

/**
 * @param now Unix milliseconds
 * @param onFailure receives the error if a last use cannot be recorded
 */
export function createAuthenticator(
  database: Database,
  now: () => number,
  onFailure: (error: unknown) => void,
): Authenticator {
  const entries = new Map<string, Entry>();

  async function read(id: string): Promise<Kept | undefined> {
    const [row] = await database.read({
      text: `select hash, ${COLUMNS} from door_token where id = ?`,
      values: [id],
    });
    return row && { hash: String(row.hash), record: recordOf(row) };
  }

  function entryOf(id: string): Entry {
    const known = entries.get(id);
    // The clock of the process may be set back; an entry from the future is not believed.
    const age = known ? performance.now() - known.at : BELIEVED;
    if (known && age < BELIEVED) return known;
    const found = read(id);
    const entry = {
      at: performance.now(),
      found,
      familiar: known?.familiar ?? false,
      usedAt: known?.usedAt ?? 0,
    };
    // A failure is asked about again by the next request.
    found.catch(() => entries.get(id) === entry && entries.delete(id));
    if (entries.size >= MOST && !known) forgetSome();
    entries.set(id, entry);
    return entry;
  }

  function forgetSome(): void {
    for (const [id, { familiar }] of entries) {
      if (entries.size < MOST / 2) return;
      if (!familiar) entries.delete(id);
    }
    if (entries.size >= MOST) entries.clear();
  }

  function recordUse(entry: Entry, { id, usedAt = 0 }: TokenRecord, at: number): void {
    if (at - Math.max(entry.usedAt, usedAt) < USE_RECORDED) return;
    entry.usedAt = at;
    database
      .write([{ text: 'update door_token set used_at = ? where id = ?', values: [at, id] }])
      .catch(onFailure);
  }

  return {
    async authenticate({ id, secret }) {
      const entry = entryOf(id);
      const kept = await entry.found;
      if (!isSecret(secret, kept?.hash) || !kept) return 'unknown';
      const { record } = kept;
      const at = now();
      if (record.revokedAt !== undefined) return 'revoked';
      if (record.expiresAt !== undefined && record.expiresAt <= at) return 'expired';
      entry.familiar = true;
      recordUse(entry, record, at);
      return record;
    },
    isFamiliar: (id) => entries.get(id)?.familiar ?? false,
  };
}

interface Kept {
  readonly hash: string;
  readonly record: TokenRecord;
}

interface Entry {
  /** By the monotonic clock, when the database was asked. */
  readonly at: number;
  readonly found: Promise<Kept | undefined>;
  familiar: boolean;
  usedAt: number;
}
