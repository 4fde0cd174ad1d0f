import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isLoopbackUrl, type SchemeName } from '@coupon-media/apiv3';

/** What a relay itself needs of a profile; everything else of it is read, and judged, by the client. */
export interface ProfileIdentity {
  readonly scheme: SchemeName;
  /** The files of the profile that hold keys. */
  readonly keyFiles: readonly string[];
  /** Whether all of its hosts are this machine. */
  readonly isLocal: boolean;
}

/** @returns what can be read; a profile that cannot be is for the client to refuse */
export async function readIdentity(profile: string): Promise<ProfileIdentity> {
  const content = await readFile(profile, 'utf8').then(parsed, () => parsed('{}'));
  const { brandId, privateKey, privateKeyPath, apiV3Key, baseUrl, hosts } = content;
  const hosted = [baseUrl ?? hosts ?? []].flat().flatMap((text) => String(text).split(','));
  const inside = privateKey !== undefined || apiV3Key !== undefined ? [profile] : [];
  const beside = typeof privateKeyPath === 'string' ? [resolve(dirname(profile), privateKeyPath)] : [];
  return {
    scheme: typeof brandId === 'string' && brandId !== '' ? 'brand' : 'merchant',
    keyFiles: [...inside, ...beside],
    isLocal: hosted.length > 0 && hosted.every((origin) => isLoopbackUrl(origin.trim())),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  } catch {
    return {};
  }
}
