import type { Database } from '@coupon-media/server/engine';
import { Problem } from '../problems/problem.js';

/** Remembers which request had which `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). Keys are scoped to their token. */
export interface Idempotency {
  /**
   * @param fingerprint of the bytes and of everything else that the request says
   * @param upload the id that the upload will have if the key is new; undefined if the answer does not wait
   * @returns the id of the upload of the first request with this key
   * @throws Problem `idempotency-key-reused`
   */
  claim(
    token: string,
    key: string,
    fingerprint: string,
    upload: string | undefined,
  ): Promise<string | undefined>;
  /** Forgets keys that are older than a day. */
  purge(): Promise<void>;
}

/** Milliseconds that a key is remembered. */
const REMEMBERED = 24 * 3600 * 1000;

/**
 * The answer itself is not kept: the same bytes of the same account get the same value, so that a repeated request is answered again.
 *
 * @param now Unix milliseconds
 */
export function createIdempotency(database: Database, now: () => number): Idempotency {
  return {
    async claim(token, key, fingerprint, upload) {
      const [, , rows = []] = await database.write([
        {
          text: 'delete from door_idempotency where token = ? and name = ? and at < ?',
          values: [token, key, now() - REMEMBERED],
        },
        {
          text: 'insert into door_idempotency (token, name, fingerprint, upload, at) values (?, ?, ?, ?, ?) on conflict do nothing',
          values: [token, key, fingerprint, upload ?? null, now()],
        },
        {
          text: 'select fingerprint, upload from door_idempotency where token = ? and name = ?',
          values: [token, key],
        },
      ]);
      const [first] = rows;
      if (first && first.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused', REUSED);
      return first?.upload ? String(first.upload) : upload;
    },
    async purge() {
      await database.write([
        { text: 'delete from door_idempotency where at < ?', values: [now() - REMEMBERED] },
      ]);
    },
  };
}

const REUSED = {
  'zh-CN': '该 Idempotency-Key 在 24 小时内已用于内容不同的请求；请换一个新的值。',
  en: 'Within 24 hours this Idempotency-Key stood in a request with other bytes or parameters; use a new one.',
};
