import { basename } from 'node:path';
import { checkFilename } from '@coupon-media/apiv3';
import type { PreparedKind } from './rendering.js';

/**
 * A filename that every endpoint takes (contract 1.3, 5.6): the source's own, with the suffix of what was made, characters
 * that are refused replaced, and cut to 128 characters, the shortest limit of contract 7.
 *
 * @param fallback what to call it when nothing of the source's name is left
 */
export function suggestFilename(source: string | undefined, kind: PreparedKind, fallback: string): string {
  const name = basename((source ?? '').replaceAll('\\', '/'));
  if (hasSuffixOf(name, kind) && isTaken(name)) return name;
  const stem = name.replace(/(?<=.)\.[a-z][a-z0-9]{1,4}$/i, '').replace(REFUSED, '_');
  const short = Array.from(stem.trim())
    .slice(0, LIMIT - kind.length - 1)
    .join('');
  return `${short || fallback}.${kind}`;
}

const LIMIT = 128;

/** Control characters, what file systems refuse, and all outside the Basic Multilingual Plane, halves too. */
const REFUSED = /[\p{Cc}/:*?"<>|\ud800-\udfff\u{10000}-\u{10ffff}]/gu;

function hasSuffixOf(name: string, kind: PreparedKind): boolean {
  return (kind === 'jpg' ? /.\.jpe?g$/i : /.\.png$/i).test(name);
}

function isTaken(name: string): boolean {
  try {
    checkFilename(name, LIMIT);
    return true;
  } catch {
    return false;
  }
}
