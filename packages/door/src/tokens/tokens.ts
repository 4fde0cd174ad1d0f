import { type Random, systemRandom } from '@coupon-media/server';
import type { Database, Row, Statement } from '@coupon-media/server/engine';
import { openRecords } from '../records.js';
import { makeToken } from './token.js';

/** What a token may do: send images, ask about them, or read what all tokens of the relay did. None includes another. */
export type TokenScope = 'upload' | 'read' | 'admin';

export const TOKEN_SCOPES: readonly TokenScope[] = ['upload', 'read', 'admin'];

/** Times are Unix milliseconds. */
export interface TokenRecord {
  /** `cmr_` and twelve hex digits: the public part. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly account: string;
  readonly scopes: readonly TokenScope[];
  /** Uploads per second, with a burst of twice that; undefined means no limit. */
  readonly quota: number | undefined;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** When it was last used, to within ten minutes. */
  readonly usedAt: number | undefined;
}

export interface NewToken {
  readonly name: string;
  readonly account: string;
  readonly scopes: readonly TokenScope[];
  readonly quota?: number | undefined;
  readonly expiresAt?: number | undefined;
}

/** The tokens of the door. They are made on the machine, never by a request. */
export interface Tokens {
  /**
   * @param beside statements of the same commit, which tell of it
   * @returns the record, and the text of the token, which is shown once and kept nowhere
   * @throws RangeError if it has no scope or its quota is not above 0
   */
  create(
    token: NewToken,
    beside?: (made: TokenRecord) => readonly Statement[],
  ): Promise<{ readonly token: TokenRecord; readonly text: string }>;
  /** Newest first, revoked and expired ones included. */
  list(): Promise<readonly TokenRecord[]>;
  /**
   * Every node refuses the token within a second.
   *
   * @param beside statements of the same commit, which tell of it
   * @returns the record as it is now, or undefined if there is no such token. One that was revoked before keeps its time, and is
   *   not told again
   */
  revoke(
    id: string,
    beside?: (revoked: TokenRecord) => readonly Statement[],
  ): Promise<TokenRecord | undefined>;
}

/** Opens the tokens of engines, whether or not a service runs. */
export async function openTokens(
  database: Database,
  { now = Date.now, random = systemRandom }: { readonly now?: () => number; readonly random?: Random } = {},
): Promise<Tokens> {
  await openRecords(database);
  return {
    async create({ name, account, scopes, quota, expiresAt }, beside = () => []) {
      if (scopes.length === 0) throw new RangeError('a token needs a scope');
      if (quota !== undefined && !(quota > 0)) throw new RangeError('a quota is above 0');
      const { id, text, hash } = makeToken(random);
      const sorted = TOKEN_SCOPES.filter((scope) => scopes.includes(scope));
      const createdAt = now();
      const dates = { createdAt, expiresAt, revokedAt: undefined, usedAt: undefined };
      const token = { id, name, account, scopes: sorted, quota, ...dates };
      await database.write([
        {
          text: 'insert into door_token (id, hash, name, account, scopes, quota, created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)',
          values: [id, hash, name, account, sorted.join(' '), quota ?? null, createdAt, expiresAt ?? null],
        },
        ...beside(token),
      ]);
      return { token, text };
    },
    async list() {
      const rows = await database.read({
        text: `select ${COLUMNS} from door_token order by created_at desc, id`,
        values: [],
      });
      return rows.map(recordOf);
    },
    async revoke(id, beside = () => []) {
      const [found] = await database.read({
        text: `select ${COLUMNS} from door_token where id = ?`,
        values: [id],
      });
      if (!found) return undefined;
      const token = recordOf(found);
      if (token.revokedAt !== undefined) return token;
      const revoked = { ...token, revokedAt: now() };
      await database.write([
        {
          text: 'update door_token set revoked_at = coalesce(revoked_at, ?) where id = ?',
          values: [revoked.revokedAt, id],
        },
        ...beside(revoked),
      ]);
      return revoked;
    },
  };
}

/** The columns of a {@link TokenRecord}; the hash is not among them. */
export const COLUMNS = 'id, name, account, scopes, quota, created_at, expires_at, revoked_at, used_at';

export function recordOf(row: Row): TokenRecord {
  return {
    id: String(row.id),
    name: String(row.name),
    account: String(row.account),
    scopes: TOKEN_SCOPES.filter((scope) => String(row.scopes).split(' ').includes(scope)),
    quota: optional(row.quota),
    createdAt: Number(row.created_at),
    expiresAt: optional(row.expires_at),
    revokedAt: optional(row.revoked_at),
    usedAt: optional(row.used_at),
  };
}

function optional(value: Row[string] | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
