import type { CertificateState, MerchantRecord } from '@coupon-media/server';
import { padded, width } from 'coupon-media/terminal';
import type { ServiceKey, ServiceSay } from '../messages/messages.js';
import { day } from '../records.js';

type CertificateRecord = MerchantRecord['certificates'][number];
/** Judges a certificate now. */
export type StateOf = (certificate: CertificateRecord) => CertificateState;

/** What the Authorization header calls a merchant's id. */
const ID_FIELDS: Readonly<Record<MerchantRecord['scheme'], string>> = {
  merchant: 'mchid',
  brand: 'brand_id',
};

/** Formats a merchant as one line. */
export function merchantRow(record: MerchantRecord, stateOf: StateOf, say: ServiceSay): string {
  const n = record.certificates.filter((certificate) => stateOf(certificate) === 'valid').length;
  const until = validUntil(record, stateOf);
  const certificates =
    until === undefined
      ? say('merchant.noValidCertificate')
      : say('merchant.validCertificates', { n, day: day(until) });
  return [
    `${ID_FIELDS[record.scheme]} ${record.id}`,
    standing(record, say),
    quota(record, say),
    certificates,
  ].join('  ');
}

/** @returns the Unix second at which the last of the valid certificates expires; undefined if none is valid */
export function validUntil({ certificates }: MerchantRecord, stateOf: StateOf): number | undefined {
  const ends = certificates.filter((one) => stateOf(one) === 'valid').map(({ notAfter }) => notAfter);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** Formats all of a merchant except its secret, as lines. */
export function merchantDetails(record: MerchantRecord, stateOf: StateOf, say: ServiceSay): string {
  const { id, scheme, defaultPlatformKeyId = say('merchant.defaultKey'), certificates } = record;
  const rows = certificates.map(
    (certificate) => `${certificate.serialNo}  ${validity(certificate, stateOf, say)}`,
  );
  const indent = ' '.repeat(columns(say));
  return [
    named(ID_FIELDS[scheme], id, say),
    named(say('merchant.row.state'), standing(record, say), say),
    named(say('merchant.row.quota'), quota(record, say), say),
    named(say('merchant.row.responses'), say('merchant.responses', { key: defaultPlatformKeyId }), say),
    named(say('merchant.row.certificates'), rows.join(`\n${indent}`) || say('merchant.noCertificates'), say),
  ].join('\n');
}

/** Formats the secret of a merchant, as one more line of the details. */
export function merchantSecret({ apiV3Key }: MerchantRecord, say: ServiceSay): string {
  return named(say('merchant.row.apiV3Key'), apiV3Key, say);
}

function named(name: string, value: string, say: ServiceSay): string {
  return padded(name, columns(say)) + value;
}

/** The width of the names in the details. */
function columns(say: ServiceSay): number {
  return Math.max(...NAMES.map((name) => width(say(name)))) + 2;
}

const NAMES = [
  'merchant.row.state',
  'merchant.row.quota',
  'merchant.row.responses',
  'merchant.row.certificates',
  'merchant.row.apiV3Key',
] as const satisfies readonly ServiceKey[];

function standing({ enabled, productCoupon }: MerchantRecord, say: ServiceSay): string {
  if (!enabled) return say('merchant.disabled');
  return say(productCoupon ? 'merchant.mayUpload' : 'merchant.mayUploadOthers');
}

function quota({ quota }: MerchantRecord, say: ServiceSay): string {
  if (quota === undefined) return say('merchant.quotaOfService');
  return quota === 0 ? say('merchant.quotaNone') : say('merchant.quotaOwn', { n: quota });
}

function validity(certificate: CertificateRecord, stateOf: StateOf, say: ServiceSay): string {
  const { notBefore, notAfter, revokedAt = 0 } = certificate;
  const texts: Record<CertificateState, [key: ServiceKey, second: number]> = {
    valid: ['certificate.valid', notAfter],
    'not yet valid': ['certificate.early', notBefore],
    expired: ['certificate.expired', notAfter],
    revoked: ['certificate.revoked', revokedAt],
  };
  const [key, second] = texts[stateOf(certificate)];
  return say(key, { day: day(second) });
}
