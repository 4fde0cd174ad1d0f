import type { Database } from '@coupon-media/server/engine';
import { createBelieved } from './believed.js';
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
  /**
   * The same without a secret, for what was opened by a token and lasts no longer than it does.
   *
   * @throws StoreError
   */
  find(id: string): Promise<TokenRecord | TokenFault>;
  /** Whether the token was accepted before, so that asking the database for it is worth while. */
  isFamiliar(id: string): boolean;
}

/** Milliseconds between two records of a token's last use. */
const USE_RECORDED = 600_000;

/**
 * @param now Unix milliseconds
 * @param onFailure receives the error if a last use cannot be recorded
 */
export function createAuthenticator(
  database: Database,
  now: () => number,
  onFailure: (error: unknown) => void,
): Authenticator {
  const believed = createBelieved(async (id) => {
    const [row] = await database.read({
      text: `select hash, ${COLUMNS} from door_token where id = ?`,
      values: [id],
    });
    return row && { hash: String(row.hash), record: recordOf(row) };
  });
  // Of tokens that exist, so that nobody makes it grow.
  const usedAt = new Map<string, number>();

  function judge(record: TokenRecord): TokenRecord | TokenFault {
    const at = now();
    if (record.revokedAt !== undefined) return 'revoked';
    if (record.expiresAt !== undefined && record.expiresAt <= at) return 'expired';
    believed.accept(record.id);
    recordUse(record, at);
    return record;
  }

  function recordUse({ id, usedAt: recorded = 0 }: TokenRecord, at: number): void {
    if (at - Math.max(usedAt.get(id) ?? 0, recorded) < USE_RECORDED) return;
    usedAt.set(id, at);
    database
      .write([{ text: 'update door_token set used_at = ? where id = ?', values: [at, id] }])
      .catch(onFailure);
  }

  return {
    async authenticate({ id, secret }) {
      const kept = await believed.find(id);
      return isSecret(secret, kept?.hash) && kept ? judge(kept.record) : 'unknown';
    },
    async find(id) {
      const kept = await believed.find(id);
      return kept ? judge(kept.record) : 'unknown';
    },
    isFamiliar: believed.isFamiliar,
  };
}
