import path from 'node:path';
import type { NextCertificate } from '@coupon-media/client';
import { readBounded } from '../files/read-bounded.js';
import { textOfBytes } from '../files/text.js';
import { CommandError } from '../shell/failure.js';
import { withHome } from '../shell/home.js';
import { checkMisplaced } from './misplaced.js';
import { NEXT_CERTIFICATES, nextCertificatesOf } from './next-certificates.js';
import {
  type GivenSetting,
  type ProfileSetting,
  type ProfileSettingName,
  settingRows,
  type Values,
} from './settings.js';

/** The content of a profile file. */
export interface ProfileFile {
  readonly values: Values;
  /** Unknown keys of the file. */
  readonly unknownKeys: readonly string[];
  /** The API certificates that are used later. */
  readonly nextCertificates: readonly NextCertificate[];
}

/**
 * Reads a profile file: JSON, like the credentials.json of a sandbox. Its paths are relative to the file.
 *
 * @throws CommandError if it is not a JSON object, or a value is not text
 */
export function readLayer(file: string): ProfileFile {
  const content = parsed(file);
  const values: Partial<Record<ProfileSettingName, GivenSetting>> = {};
  for (const [name, setting] of settingRows) {
    const given = givenBy(content, setting, file);
    if (given) {
      checkMisplaced(given, setting);
      values[name] = given;
    }
  }
  const unknownKeys = Object.keys(content).filter((key) => !KNOWN_KEYS.has(key));
  return { values, unknownKeys, nextCertificates: nextCertificatesOf(content, file) };
}

/** Mebibytes. */
const LARGEST = 1;

/** The keys of a profile file. */
export const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...settingRows.flatMap(([, { keys, pathKey }]) => [...keys, ...(pathKey ? [pathKey] : [])]),
  // A sandbox writes it for clients that need it; this program reads it from the certificate.
  'platformCertificateSerialNo',
  NEXT_CERTIFICATES,
]);

function parsed(file: string): Record<string, unknown> {
  const text = textOfBytes(readBounded(file, LARGEST));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The message ends with the text of the file, and a file that is not JSON may be a key.
    const why = error.message.replace(/,? *(?:\.\.\.)?"[\s\S]*is not valid JSON$/, '');
    throw new CommandError('config.notJson', { file, why });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new CommandError('config.notJson', { file, why: 'no object' });
}

function givenBy(
  content: Record<string, unknown>,
  setting: ProfileSetting,
  file: string,
): GivenSetting | undefined {
  const { pathKey, keys } = setting;
  const relative = pathKey === undefined ? undefined : textOf(content, pathKey, file);
  if (pathKey !== undefined && relative !== undefined) {
    const value = path.resolve(path.dirname(file), withHome(relative));
    return { value, typed: relative, isPath: true, layer: 'file', name: pathKey };
  }
  for (const name of keys) {
    const value = textOf(content, name, file);
    if (value !== undefined) return { value, typed: value, isPath: false, layer: 'file', name };
  }
  return undefined;
}

function textOf(content: Record<string, unknown>, key: string, file: string): string | undefined {
  const value = content[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (key === 'hosts' && Array.isArray(value)) return value.join(',');
  if (typeof value === 'string') return value;
  throw new CommandError('config.notText', { file, key });
}
