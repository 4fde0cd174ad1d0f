import type { CertificateState, MerchantRecord } from '@coupon-media/server';
import { day } from '../records.js';

type Certificate = MerchantRecord['certificates'][number];
type StateOf = (certificate: Certificate) => CertificateState;

/** A merchant in one line. */
export function merchantRow(record: MerchantRecord, stateOf: StateOf): string {
  const valid = record.certificates.filter((certificate) => stateOf(certificate) === 'valid').length;
  const certificates = `${valid} valid certificate${valid === 1 ? '' : 's'}`;
  return [`${record.scheme} ${record.id}`, standing(record), quota(record), certificates].join('  ');
}

/** A merchant in full but for its secret, as lines. */
export function merchantDetails(record: MerchantRecord, stateOf: StateOf): string {
  const { id, scheme, defaultPlatformKeyId = "the service's default key", certificates } = record;
  const rows = certificates.map(
    (certificate) => `${certificate.serialNo}  ${validity(certificate, stateOf)}`,
  );
  return [
    [scheme, id],
    ['state', standing(record)],
    ['quota', quota(record)],
    ['answers', `signed by ${defaultPlatformKeyId}, unless a request names another`],
    ['certificates', rows.join(`\n${''.padEnd(WIDTH)}`) || 'none'],
  ]
    .map(([name = '', value]) => name.padEnd(WIDTH) + value)
    .join('\n');
}

const WIDTH = 'certificates'.length + 2;

function standing({ enabled, productCoupon }: MerchantRecord): string {
  if (!enabled) return 'disabled';
  return productCoupon ? 'may upload' : 'may upload, though not for product coupons';
}

function quota({ quota }: MerchantRecord): string {
  if (quota === undefined) return "the service's quota";
  return quota === 0 ? 'no quota' : `${quota} uploads a second`;
}

function validity(certificate: Certificate, stateOf: StateOf): string {
  const { notBefore, notAfter, revokedAt = 0 } = certificate;
  const texts: Record<CertificateState, string> = {
    valid: `valid until ${day(notAfter)}`,
    'not yet valid': `valid from ${day(notBefore)}`,
    expired: `expired on ${day(notAfter)}`,
    revoked: `revoked on ${day(revokedAt)}`,
  };
  return texts[stateOf(certificate)];
}
