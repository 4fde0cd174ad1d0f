import path from 'node:path';
import type { NextCertificate } from '@coupon-media/client';
import { CommandError } from '../shell/failure.js';
import { withHome } from '../shell/home.js';

/** The key of a profile file that holds the further API certificates, each in use from its moment on. */
export const NEXT_CERTIFICATES = 'nextCertificates';

/**
 * Reads the further certificates of a profile. Their paths are relative to it; the client checks the rest.
 *
 * @throws CommandError if they are not a list of objects with texts
 */
export function nextCertificatesOf(
  content: Readonly<Record<string, unknown>>,
  file: string,
): NextCertificate[] {
  const given = content[NEXT_CERTIFICATES] ?? [];
  if (!Array.isArray(given)) throw notText(file);
  return given.map((next: unknown) => {
    if (typeof next !== 'object' || next === null) throw notText(file);
    const texts = Object.entries(next).map(([key, value]) => {
      if (typeof value !== 'string') throw notText(file);
      return [key, key.endsWith('Path') ? path.resolve(path.dirname(file), withHome(value)) : value];
    });
    const { certificatePath, ...rest } = Object.fromEntries(texts);
    return { from: '', certificate: certificatePath, ...rest };
  });
}

function notText(file: string): CommandError {
  return new CommandError('config.notText', { file, key: NEXT_CERTIFICATES });
}
