import { generateKeyPair, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import {
  canonicalKeyId,
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
 * Generates a WeChat Pay public-key pair for this service: RSA, 2048 bits.
 *
 * @param now Unix seconds; the id contains the day
 * @returns the record, which is not stored yet
 */
export async function generatePublicKeyPair(now: number): Promise<PlatformKeyRecord> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { id: publicKeyId(now), kind: 'public-key', privateKeyPem: privateKey, publicPem: publicKey };
}

/** A key pair that was made elsewhere, with a certificate or as a plain public key. */
export interface PlatformKeyFiles {
  privateKeyPem: string;
  /** X.509 as PEM. Its serial becomes the key's id. */
  certificatePem?: string | undefined;
  /** SPKI as PEM. Default: computed from the private key. */
  publicKeyPem?: string | undefined;
  /** The `PUB_KEY_ID_…` of a public key. Default: a new id. */
  id?: string | undefined;
}

/**
 * Reads a key pair and checks that its halves belong together.
 *
 * @param now Unix seconds
 * @returns the record, which is not stored yet
 * @throws MerchantError if the halves differ or the certificate expired, KeyFormatError if a PEM cannot be read
 */
export function readPlatformKey(files: PlatformKeyFiles, now: number): PlatformKeyRecord {
  return files.certificatePem === undefined ? readPublicKey(files, now) : readCertificate(files, now);
}

/**
 * Adds a platform key. It signs responses to requests that name it. Requests that name none are not affected.
 *
 * @throws MerchantError if a key with this id exists
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
 * Retires a platform key. Requests that name it are then answered with the merchant's default key.
 *
 * @param now Unix seconds
 * @throws MerchantError if the key is unknown, or is the last one that can sign: without it the service could not
 *   respond
 */
export async function retirePlatformKey(records: MerchantStore, id: string, now: number): Promise<void> {
  const key = await knownPlatformKey(records, id);
  if (key.retiredAt !== undefined) return;
  await checkRetirable(records, key, now);
  await records.retirePlatformKey(key.id, now);
}

/**
 * @param now Unix seconds
 * @throws MerchantError if the key is the last one that can sign
 */
export async function checkRetirable(
  records: MerchantStore,
  { id, retiredAt }: PlatformKeyRecord,
  now: number,
): Promise<void> {
  if (retiredAt !== undefined) return;
  const others = (await records.platformKeys()).filter((kept) => kept.id !== id);
  if (!others.some((kept) => platformKeyState(kept, now) === 'in use'))
    throw new MerchantError('platformKeyLast', { id });
}

/**
 * @param id `PUB_KEY_ID_…`, or the serial of a certificate in either case
 * @throws MerchantError if there is no such key
 */
export async function knownPlatformKey(records: MerchantStore, id: string): Promise<PlatformKeyRecord> {
  const keys = await records.platformKeys();
  const key = keys.find((kept) => canonicalKeyId(kept.id) === canonicalKeyId(id));
  if (!key) throw new MerchantError('platformKeyUnknown', { id });
  return key;
}

/**
 * Orders keys by which of them signs for a merchant without a default of its own: the first that is in use. Public keys come
 * before certificates, as WeChat Pay gives them to new merchants. The oldest comes first, so that a new key does not sign for
 * merchants that have not received it yet. When it is retired, the next one takes over.
 */
export function inOrderOfPreference(keys: readonly PlatformKeyRecord[]): PlatformKeyRecord[] {
  return keys.toSorted((a, b) => Number(a.kind !== 'public-key') - Number(b.kind !== 'public-key'));
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

/** Makes an id like those of the live service: `PUB_KEY_ID_` and 34 digits that contain the day. */
function publicKeyId(now: number): string {
  const day = new Date(now * 1000).toISOString().slice(2, 10).replaceAll('-', '');
  const serial = String(randomInt(1e12)).padStart(12, '0');
  return `PUB_KEY_ID_${'0'.repeat(16)}${day}${serial}`;
}
