import { generateKeyPair, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import {
  isKeyPair,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  type PublicKey,
  publicKeyOf,
} from '@coupon-media/apiv3';
import type { MerchantStore, PlatformKeyRecord } from '../stores/index.js';
import { MerchantError } from './faults.js';

/**
 * Makes a WeChat Pay public-key pair of the service's own.
 *
 * @param now Unix seconds
 */
export async function generatePublicKeyPair(now: number): Promise<PlatformKeyRecord> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { id: publicKeyId(now), kind: 'public-key', privateKeyPem: privateKey, publicPem: publicKey };
}

/** A pair made elsewhere: a certificate's, or a public key's. */
export interface PlatformKeyFiles {
  privateKeyPem: string;
  /** X.509. Its serial is then the key's id. */
  certificatePem?: string | undefined;
  /** SPKI; left out, it is computed from the private key. */
  publicKeyPem?: string | undefined;
  /** `PUB_KEY_ID_…` of a public key; left out, one is made. */
  id?: string | undefined;
}

/**
 * @param now Unix seconds
 * @throws MerchantError, KeyFormatError
 */
export function readPlatformKey(files: PlatformKeyFiles, now: number): PlatformKeyRecord {
  return files.certificatePem === undefined ? readPublicKey(files, now) : readCertificate(files, now);
}

/**
 * Adds a platform key. It signs answers to requests that name it from now on; those that name none go on as before.
 *
 * @throws MerchantError where there is one of that id
 */
export async function addPlatformKey(
  records: MerchantStore,
  key: PlatformKeyRecord,
): Promise<PlatformKeyRecord> {
  if ((await records.platformKeys()).some(({ id }) => id === key.id))
    throw new MerchantError('platformKeyKnown', { id: key.id });
  await records.addPlatformKey(key);
  return key;
}

/**
 * Takes a platform key out of use: requests that name it are answered under the merchant's default (contract 3.4).
 *
 * @param now Unix seconds
 * @throws MerchantError for the last one that can sign: without one, no answer could be given
 */
export async function retirePlatformKey(records: MerchantStore, id: string, now: number): Promise<void> {
  const keys = await records.platformKeys();
  const key = keys.find((kept) => kept.id === id || kept.id === id.toUpperCase());
  if (!key) throw new MerchantError('platformKeyUnknown', { id });
  if (key.retiredAt !== undefined) return;
  if (!keys.some((kept) => kept !== key && platformKeyState(kept, now) === 'in use')) {
    throw new MerchantError('platformKeyLast', { id: key.id });
  }
  await records.retirePlatformKey(key.id, now);
}

export type PlatformKeyState = 'in use' | 'retired' | 'expired';

/** @param now Unix seconds */
export function platformKeyState(
  { retiredAt, notAfter }: Pick<PlatformKeyRecord, 'retiredAt' | 'notAfter'>,
  now: number,
): PlatformKeyState {
  if (retiredAt !== undefined) return 'retired';
  return notAfter !== undefined && now > notAfter ? 'expired' : 'in use';
}

function readPublicKey(
  { privateKeyPem, publicKeyPem, id }: PlatformKeyFiles,
  now: number,
): PlatformKeyRecord {
  if (id !== undefined && !/^PUB_KEY_ID_[0-9A-Za-z]{1,64}$/.test(id))
    throw new MerchantError('platformKeyIdMalformed', { id });
  const privateKey = loadPrivateKey(privateKeyPem);
  const publicKey = publicKeyPem === undefined ? publicKeyOf(privateKey) : loadPublicKey(publicKeyPem);
  if (!isKeyPair(privateKey, publicKey)) throw new MerchantError('platformKeysNoPair');
  return { id: id ?? publicKeyId(now), kind: 'public-key', privateKeyPem, publicPem: spki(publicKey) };
}

function readCertificate(
  { privateKeyPem, certificatePem = '', publicKeyPem, id }: PlatformKeyFiles,
  now: number,
): PlatformKeyRecord {
  if (publicKeyPem !== undefined || id !== undefined) throw new MerchantError('platformCertificateAlone');
  const { serialNo, publicKey, notBefore, notAfter } = loadCertificate(certificatePem);
  if (!isKeyPair(loadPrivateKey(privateKeyPem), publicKey))
    throw new MerchantError('platformCertificateNoPair');
  if (now > notAfter)
    throw new MerchantError(
      'certificateExpired',
      { serialNo },
      { day: new Date(notAfter * 1000).toISOString() },
    );
  return { id: serialNo, kind: 'certificate', privateKeyPem, publicPem: certificatePem, notBefore, notAfter };
}

function spki(key: PublicKey): string {
  return String(key.export({ type: 'spki', format: 'pem' }));
}

/** As the live service writes them: `PUB_KEY_ID_` and 34 digits, the day it was made among them. */
function publicKeyId(now: number): string {
  const day = new Date(now * 1000).toISOString().slice(2, 10).replaceAll('-', '');
  const serial = String(randomInt(1e12)).padStart(12, '0');
  return `PUB_KEY_ID_${'0'.repeat(16)}${day}${serial}`;
}
