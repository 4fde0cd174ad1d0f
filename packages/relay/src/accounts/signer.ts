import { readFile } from 'node:fs/promises';
import type { Pkcs11Signer } from '@coupon-media/pkcs11';
import { RelayError } from '../relay-error.js';

/**
 * Opens the token that a profile names under `pkcs11`, in place of a private key. The package that does it is loaded only then.
 *
 * @returns undefined if the profile names none, or cannot be read, which the client then says
 * @throws RelayError, Pkcs11SignerError
 */
export async function openSigner(profile: string): Promise<Pkcs11Signer | undefined> {
  if (!/"pkcs11"\s*:/.test(await readFile(profile, 'utf8').catch(() => ''))) return undefined;
  const { openProfileSigner } = await import('@coupon-media/pkcs11').catch((cause: unknown) => {
    throw new RelayError('ACCOUNT_UNUSABLE', MISSING, { cause });
  });
  return openProfileSigner(profile);
}

const MISSING = {
  'zh-CN': '配置文件使用了 pkcs11，需要安装：npm install @coupon-media/pkcs11 pkcs11js',
  en: 'the profile has pkcs11, which needs packages of its own: npm install @coupon-media/pkcs11 pkcs11js',
};
