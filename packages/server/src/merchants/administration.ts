import { randomInt } from 'node:crypto';
import { canonicalKeyId, loadCertificate, type SchemeName, schemes } from '@coupon-media/apiv3';
import type { MerchantCertificate, MerchantRecord, MerchantStore } from '../stores/index.js';
import { MerchantError } from './faults.js';

export interface NewMerchant {
  /** The mchid, or the brand_id of a brand: 1 to 32 digits or letters. */
  id: string;
  /** Which of the two the id is. Default: `merchant`. */
  scheme?: SchemeName | undefined;
  /** The X.509 certificate as PEM. Its private key stays with the merchant. */
  certificatePem: string;
  /** 32 characters. Default: a new random key. */
  apiV3Key?: string | undefined;
  /** Uploads per second; 0 means no limit. Default: the quota of the service. */
  quota?: number | undefined;
  /** Whether product coupons are enabled for the merchant. Default: true. */
  productCoupon?: boolean | undefined;
}

/**
 * Registers a merchant, which may upload from then on.
 *
 * @param now Unix seconds
 * @returns the record as stored
 * @throws MerchantError if a value is malformed or the merchant exists, KeyFormatError if the certificate cannot be
 *   read
 */
export async function addMerchant(
  records: MerchantStore,
  {
    id,
    scheme = 'merchant',
    certificatePem,
    apiV3Key = newApiV3Key(),
    quota,
    productCoupon = true,
  }: NewMerchant,
  now: number,
): Promise<MerchantRecord> {
  if (!/^[0-9A-Za-z]{1,32}$/.test(id))
    throw new MerchantError('idMalformed', { id }, { scheme: schemes[scheme].idField });
  if (!/^[\x21-\x7e]{32}$/.test(apiV3Key)) throw new MerchantError('apiV3KeyMalformed');
  checkQuota(quota);
  const certificate = readCertificate(certificatePem, now);
  if (await records.merchant(id)) throw new MerchantError('merchantKnown', { id });
  const profile = { id, scheme, apiV3Key, enabled: true, productCoupon, certificates: [] };
  await records.saveMerchant(quota === undefined ? profile : { ...profile, quota });
  await records.addCertificate(id, certificate);
  return knownMerchant(records, id);
}

/**
 * The settings of a merchant that can change. An absent value keeps the current one; null returns to the default of the
 * service.
 */
export interface MerchantChange {
  enabled?: boolean | undefined;
  productCoupon?: boolean | undefined;
  /** Uploads per second; 0 means no limit. */
  quota?: number | null | undefined;
  /** The platform key that signs responses to requests that name none. */
  defaultPlatformKeyId?: string | null | undefined;
}

/**
 * Changes the settings of a merchant.
 *
 * @returns the record as stored
 * @throws MerchantError if there is no such merchant or platform key, or the quota is malformed
 */
export async function changeMerchant(
  records: MerchantStore,
  id: string,
  change: MerchantChange,
): Promise<MerchantRecord> {
  const record = await knownMerchant(records, id);
  checkQuota(change.quota);
  const keyId = change.defaultPlatformKeyId;
  if (
    keyId &&
    !(await records.platformKeys()).some((key) => isSameKey(key.id, keyId) && key.retiredAt === undefined)
  ) {
    throw new MerchantError('platformKeyNotInUse', { id: keyId });
  }
  const { quota, defaultPlatformKeyId, ...kept } = { ...record, ...given(change) };
  await records.saveMerchant({
    ...kept,
    ...(typeof quota === 'number' && { quota }),
    ...(typeof defaultPlatformKeyId === 'string' && { defaultPlatformKeyId }),
  });
  return knownMerchant(records, id);
}

/** Up to three certificates of a merchant are valid at a time (contract 2.7). */
const CERTIFICATES_LIMIT = 3;

/**
 * Adds a certificate to a merchant. The old one stays valid while the merchant's systems change over.
 *
 * @param certificatePem X.509 as PEM
 * @param now Unix seconds
 * @returns the record as stored
 * @throws MerchantError if the merchant has this certificate or too many valid ones, KeyFormatError if it cannot be
 *   read
 */
export async function addCertificate(
  records: MerchantStore,
  id: string,
  certificatePem: string,
  now: number,
): Promise<MerchantRecord> {
  const { certificates } = await knownMerchant(records, id);
  const certificate = readCertificate(certificatePem, now);
  const { serialNo } = certificate;
  if (certificates.some((kept) => isSameKey(kept.serialNo, serialNo)))
    throw new MerchantError('certificateKnown', { id, serialNo });
  const usable = certificates.filter((kept) => USABLE.has(certificateState(kept, now)));
  if (usable.length >= CERTIFICATES_LIMIT) {
    throw new MerchantError(
      'certificatesTooMany',
      { id },
      { count: usable.length, most: CERTIFICATES_LIMIT, theirs: serials(usable) },
    );
  }
  await records.addCertificate(id, certificate);
  return knownMerchant(records, id);
}

/**
 * Revokes a certificate for good and at once. The last one can be revoked, too, since it may be in the wrong hands.
 *
 * @param serialNo hex, in either case, with or without leading zeros
 * @param now Unix seconds
 * @returns the record as stored
 * @throws MerchantError if the merchant has no such certificate
 */
export async function revokeCertificate(
  records: MerchantStore,
  id: string,
  serialNo: string,
  now: number,
): Promise<MerchantRecord> {
  const { certificates } = await knownMerchant(records, id);
  const certificate = certificates.find((kept) => isSameKey(kept.serialNo, serialNo));
  if (!certificate) {
    throw new MerchantError(
      'certificateUnknown',
      { id, serialNo },
      { theirs: serials(certificates) || NONE },
    );
  }
  if (certificate.revokedAt === undefined) await records.revokeCertificate(id, certificate.serialNo, now);
  return knownMerchant(records, id);
}

/** Whether a certificate can authenticate requests now. */
export type CertificateState = 'valid' | 'not yet valid' | 'expired' | 'revoked';

/** @param now Unix seconds */
export function certificateState(
  { revokedAt, notBefore, notAfter }: Pick<MerchantCertificate, 'revokedAt' | 'notBefore' | 'notAfter'>,
  now: number,
): CertificateState {
  if (revokedAt !== undefined) return 'revoked';
  if (now > notAfter) return 'expired';
  return now < notBefore ? 'not yet valid' : 'valid';
}

/**
 * @returns the merchant's record
 * @throws MerchantError if there is no such merchant
 */
export async function knownMerchant(records: MerchantStore, id: string): Promise<MerchantRecord> {
  const record = await records.merchant(id);
  if (!record) throw new MerchantError('merchantUnknown', { id });
  return record;
}

/** @returns 32 random characters of base62, as merchants choose theirs */
export function newApiV3Key(): string {
  return Array.from({ length: 32 }, () => BASE62[randomInt(BASE62.length)]).join('');
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function readCertificate(pem: string, now: number): MerchantCertificate {
  const { serialNo, notBefore, notAfter } = loadCertificate(pem);
  // A serial has 8 to 40 characters (contract 2.5). No Authorization header could name a longer or shorter one.
  if (serialNo.length < 8 || serialNo.length > 40) throw new MerchantError('serialMalformed', { serialNo });
  if (now > notAfter)
    throw new MerchantError(
      'certificateExpired',
      { serialNo },
      { day: new Date(notAfter * 1000).toISOString() },
    );
  return { serialNo, pem, notBefore, notAfter };
}

function isSameKey(id: string, other: string): boolean {
  return canonicalKeyId(id) === canonicalKeyId(other);
}

/** The states that count towards the limit. */
const USABLE: ReadonlySet<CertificateState> = new Set(['valid', 'not yet valid']);

/** Replaces an empty list of serials. */
const NONE = { en: 'none', 'zh-CN': '无' };

function serials(certificates: readonly MerchantCertificate[]): string {
  return certificates.map(({ serialNo }) => serialNo).join(', ');
}

function checkQuota(quota: number | null | undefined): void {
  if (quota === undefined || quota === null || (Number.isFinite(quota) && quota >= 0)) return;
  throw new MerchantError('quotaMalformed');
}

/** A change without its undefined values. */
type Given = { [K in keyof MerchantChange]?: Exclude<MerchantChange[K], undefined> };

function given(change: MerchantChange): Given {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
