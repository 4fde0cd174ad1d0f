import type { Random } from '@coupon-media/server';
import type { Database } from '@coupon-media/server/engine';
import type { Authenticator, TokenFault } from '../tokens/authenticate.js';
import { createBelieved } from '../tokens/believed.js';
import { isSecret, makeToken, type TokenText } from '../tokens/token.js';
import type { TokenRecord } from '../tokens/tokens.js';

/** A browser that was let in by a token: it holds a cookie in place of it. */
export interface Session {
  /** `cms_` and twelve hex digits: the public part. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/**
 * Why a session lets nobody in. `unknown`: it never was one, or it was ended by whoever had it, or long ago; `over`: its time is up;
 * the others are those of its token.
 */
export type SessionFault = 'over' | TokenFault;

export interface Sessions {
  /** @returns the session, the text that the cookie holds, which is kept nowhere, and for how many seconds it does */
  open(
    token: TokenRecord,
  ): Promise<{ readonly session: Session; readonly text: string; readonly seconds: number }>;
  /** @throws StoreError */
  authenticate(
    text: TokenText,
  ): Promise<{ readonly session: Session; readonly token: TokenRecord } | SessionFault>;
  /** The same for a request that goes on, without the secret. */
  isOpen(id: string): Promise<boolean>;
  /** Whether the session was accepted before, so that asking the database for it is worth while. */
  isFamiliar(id: string): boolean;
  /** Other nodes notice within a second. */
  end(id: string): Promise<void>;
  /** Deletes what has been over for a day. */
  purge(): Promise<void>;
}

/** Milliseconds: a day's work; and how long a session that is over is still told apart from one that never was. */
const LIFE = 8 * 3_600_000;
const KEPT = 24 * 3_600_000;
/** Sessions that one token has at a time: the oldest gives way. */
const MOST = 100;

/** @param now Unix milliseconds */
export function createSessions(
  database: Database,
  { authenticator, now, random }: { authenticator: Authenticator; now: () => number; random: Random },
): Sessions {
  const believed = createBelieved(async (id) => {
    const [row] = await database.read({
      text: 'select hash, token, expires_at from door_session where id = ?',
      values: [id],
    });
    return (
      row && {
        ...{ hash: String(row.hash), token: String(row.token) },
        session: { id, expiresAt: Number(row.expires_at) },
      }
    );
  });

  /** Every use asks for the token, too, so that a session ends with it. */
  async function judge({ session, token: id }: { session: Session; token: string }) {
    if (session.expiresAt <= now()) return 'over';
    const token = await authenticator.find(id);
    if (typeof token === 'string') return token;
    believed.accept(session.id);
    return { session, token };
  }

  return {
    async open(token) {
      const { id, text, hash } = makeToken(random, 'cms');
      const at = now();
      const expiresAt = Math.min(at + LIFE, token.expiresAt ?? Number.POSITIVE_INFINITY);
      await database.write([
        {
          text: 'insert into door_session (id, hash, token, created_at, expires_at) values (?, ?, ?, ?, ?)',
          values: [id, hash, token.id, at, expiresAt],
        },
        {
          text: `delete from door_session where token = ? and id not in (
                   select id from door_session where token = ? order by created_at desc, id limit ${MOST})`,
          values: [token.id, token.id],
        },
      ]);
      return { session: { id, expiresAt }, text, seconds: Math.floor((expiresAt - at) / 1000) };
    },
    async authenticate({ id, secret }) {
      const kept = await believed.find(id);
      return isSecret(secret, kept?.hash) && kept ? judge(kept) : 'unknown';
    },
    async isOpen(id) {
      const kept = await believed.find(id);
      return kept !== undefined && typeof (await judge(kept)) !== 'string';
    },
    isFamiliar: believed.isFamiliar,
    async end(id) {
      await database.write([{ text: 'delete from door_session where id = ?', values: [id] }]);
      believed.forget(id);
    },
    async purge() {
      await database.write([
        { text: 'delete from door_session where expires_at < ?', values: [now() - KEPT] },
      ]);
    },
  };
}
