import { schemes } from '@coupon-media/apiv3';
import type { Selectable } from 'kysely';
import type { MerchantCertificate, MerchantRecord, PlatformKeyRecord } from '../index.js';
import type { Queries, Records } from './schema.js';

/** @param id the merchant to read. Default: all merchants, by id */
export async function readMerchants(queries: Queries, id?: string): Promise<MerchantRecord[]> {
  let merchants = queries.selectFrom('merchant').selectAll().orderBy('id');
  let certificates = queries.selectFrom('merchant_certificate').selectAll().orderBy('id');
  if (id !== undefined) {
    merchants = merchants.where('id', '=', id);
    certificates = certificates.where('merchant', '=', id);
  }
  return merchantsOf(await merchants.execute(), await certificates.execute());
}

/** Reads the keys in the order in which they were added. */
export async function readPlatformKeys(queries: Queries): Promise<PlatformKeyRecord[]> {
  const rows = await queries.selectFrom('platform_key').selectAll().orderBy('position').execute();
  return rows.map(platformKeyOf);
}

/** Reads when each key last signed a response, in Unix seconds by id. */
export async function readPlatformKeyUses(queries: Queries): Promise<Map<string, number>> {
  const rows = await queries.selectFrom('platform_key_use').selectAll().execute();
  return new Map(rows.map(({ id, at }) => [id, at]));
}

export function merchantsOf(
  rows: readonly Selectable<Records['merchant']>[],
  certificates: readonly Selectable<Records['merchant_certificate']>[],
): MerchantRecord[] {
  return rows.map((row) =>
    merchantOf(
      row,
      certificates.filter(({ merchant }) => merchant === row.id),
    ),
  );
}

function merchantOf(
  row: Selectable<Records['merchant']>,
  certificates: readonly Selectable<Records['merchant_certificate']>[],
): MerchantRecord {
  return {
    id: row.id,
    scheme: row.scheme === schemes.brand.idField ? 'brand' : 'merchant',
    apiV3Key: row.api_v3_key,
    enabled: row.enabled === 1,
    productCoupon: row.product_coupon === 1,
    ...(row.quota !== null && { quota: row.quota }),
    ...(row.default_platform_key_id !== null && { defaultPlatformKeyId: row.default_platform_key_id }),
    certificates: certificates.map(certificateOf),
  };
}

function certificateOf(row: Selectable<Records['merchant_certificate']>): MerchantCertificate {
  return {
    serialNo: row.serial_no,
    pem: row.pem,
    notBefore: row.not_before,
    notAfter: row.not_after,
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  };
}

export function platformKeyOf(row: Selectable<Records['platform_key']>): PlatformKeyRecord {
  return {
    id: row.id,
    kind: row.kind === 'certificate' ? 'certificate' : 'public-key',
    privateKeyPem: row.private_key_pem,
    publicPem: row.public_pem,
    ...(row.not_before !== null && { notBefore: row.not_before }),
    ...(row.not_after !== null && { notAfter: row.not_after }),
    ...(row.retired_at !== null && { retiredAt: row.retired_at }),
  };
}
