import { basename } from 'node:path';
import { acceptableFilename } from '@coupon-media/apiv3';
import type { PreparedKind } from './rendering.js';

/**
 * A filename that every endpoint takes: the source's own, with the suffix of what was made.
 *
 * @param fallback what to call it when nothing of the source's name is left
 */
export function suggestFilename(source: string | undefined, kind: PreparedKind, fallback: string): string {
  const name = basename((source ?? '').replaceAll('\\', '/'));
  return acceptableFilename(name, kind, { limit: LIMIT, fallback });
}

/** Characters: the shortest limit of all endpoints (contract 7.1). */
const LIMIT = 128;
