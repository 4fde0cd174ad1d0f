import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  errorText,
  fileErrorText,
  isKeyText,
  keyText,
  loadCertificate,
  redacted,
  type Text,
  withReason,
} from '@coupon-media/apiv3';
import { Pkcs11SignerError } from './errors.js';
import type { Pkcs11Options } from './options.js';
import { openPkcs11Signer, type Pkcs11Signer } from './signer.js';

/**
 * Opens the token that a profile names under `pkcs11`. Its certificate is the profile's, and paths in it are relative to the profile.
 *
 * @param file a profile as the client reads it, with `"pkcs11": { "module", "tokenLabel", "keyLabel", "pinFile" }` in place of a private key
 * @returns undefined if the profile names none
 * @throws Pkcs11SignerError
 * @example
 * ```ts
 * import { createClient } from '@coupon-media/client';
 * import { openProfileSigner } from '@coupon-media/pkcs11';
 *
 * const profile = 'shop.json';
 * const client = createClient({ profile, privateKey: await openProfileSigner(profile) });
 * console.log((await client.uploadImage('coupon.png')).imageUrl);
 * ```
 */
export async function openProfileSigner(file: string): Promise<Pkcs11Signer | undefined> {
  const profile = contentOf(file);
  const section = profile.pkcs11;
  if (section === undefined) return undefined;
  if (!isObject(section)) throw invalid(NO_OBJECT);
  const folder = path.dirname(path.resolve(file));
  const { pinFile, ...rest } = section as Partial<Pkcs11Options>;
  return openPkcs11Signer({
    ...{ module: '', ...rest },
    pinFile: pinFile === undefined ? undefined : path.resolve(folder, pinFile),
    certificateSerialNo: serialOf(profile, folder),
  });
}

type Content = Readonly<Record<string, unknown>>;

function contentOf(file: string): Content {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid(withReason(redacted(file), fileErrorText(cause)));
  }
  try {
    const content: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    if (isObject(content)) return content;
  } catch {
    // The parser's message would quote the text, and what is no profile may be a key.
  }
  throw invalid(NO_JSON);
}

function serialOf({ certificateSerialNo, certificate, certificatePath }: Content, folder: string): string {
  if (typeof certificateSerialNo === 'string') return certificateSerialNo;
  try {
    if (typeof certificate === 'string' && isKeyText(certificate))
      return loadCertificate(certificate).serialNo;
    if (typeof certificatePath === 'string')
      return loadCertificate(keyText(readFileSync(path.resolve(folder, certificatePath)))).serialNo;
  } catch (cause) {
    throw new Pkcs11SignerError(
      'OPTION_INVALID',
      { option: 'certificatePath', fault: errorText(cause) },
      cause,
    );
  }
  return '';
}

function isObject(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(fault: Text): Pkcs11SignerError {
  return new Pkcs11SignerError('OPTION_INVALID', { option: 'profile', fault });
}

const NO_OBJECT: Text = { 'zh-CN': '中的 pkcs11 应为对象', en: 'has a pkcs11 that is no object' };
const NO_JSON: Text = { 'zh-CN': '不是 JSON 对象', en: 'is not a JSON object' };
