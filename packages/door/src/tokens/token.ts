import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '@coupon-media/server';

/** A token as its bearer holds it: `cmr_`, twelve hex digits that are public, `_`, and 256 random bits as base64url. */
export interface TokenText {
  /** `cmr_` and the public digits: what logs, lists and audits call the token. */
  readonly id: string;
  readonly secret: string;
}

/**
 * @param kind `cmr`: a token; `cms`: the session of a browser, which has the same form
 * @returns the text that the bearer gets once, and what is kept of it
 */
export function makeToken(
  random: Random,
  kind: 'cmr' | 'cms' = 'cmr',
): { readonly id: string; readonly text: string; readonly hash: string } {
  const id = `${kind}_${random.bytes(6).toString('hex')}`;
  const secret = random.bytes(32).toString('base64url');
  return { id, text: `${id}_${secret}`, hash: hashOf(secret) };
}

/** @returns undefined if the text is no token, or no session */
export function readToken(text: string, kind: 'cmr' | 'cms' = 'cmr'): TokenText | undefined {
  const [, id, secret] = WHOLE[kind].exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Finds a token in a target, percent-encoded or not. */
export function tokenIn(target: string): TokenText | undefined {
  if (!target.includes('cmr')) return undefined;
  const [text] = ANYWHERE.exec(target.replaceAll(/%5f/gi, '_').replaceAll(/%2d/gi, '-')) ?? [];
  return text === undefined ? undefined : readToken(text);
}

/** @param hash SHA-256 of the secret as base64url; undefined if there is no such token: it takes the same time */
export function isSecret(secret: string, hash: string | undefined): boolean {
  const given = createHash('sha256').update(secret).digest();
  const kept = hash === undefined ? NOTHING : Buffer.from(hash, 'base64url');
  return timingSafeEqual(given, kept.length === given.length ? kept : NOTHING) && hash !== undefined;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

const WHOLE = {
  cmr: /^(cmr_[0-9a-f]{12})_([A-Za-z0-9_-]{43})$/,
  cms: /^(cms_[0-9a-f]{12})_([A-Za-z0-9_-]{43})$/,
};
const ANYWHERE = /cmr_[0-9a-f]{12}_[A-Za-z0-9_-]{43}/;
const NOTHING = Buffer.alloc(32);
