import { schemes } from '@coupon-media/apiv3';
import type { Transaction } from 'kysely';
import { type MerchantStore, wrapStoreError } from '../index.js';
import { readMerchants, readPlatformKeys } from './merchant-rows.js';
import { type CallEngine, callDirectly, type Queries, type Records } from './schema.js';

/**
 * A merchant store without the parts that differ between engines: the version, which is read without a query, and
 * closing.
 */
export type MerchantRecords = Omit<MerchantStore, 'version' | 'close'>;

/** Merchants, platform keys and settings. They are few and small, so kysely reads and writes them. */
export function createMerchantRecords(
  queries: Queries,
  callEngine: CallEngine = callDirectly,
): MerchantRecords {
  function look<T>(what: string, act: () => Promise<T>): Promise<T> {
    return wrapStoreError(`${what} could not be read`, () => callEngine('read merchants', act));
  }

  /** Every change increments the version, whichever process makes it, because caches compare versions. */
  function change<T>(what: string, apply: (queries: Transaction<Records>) => Promise<T>): Promise<T> {
    const act = () =>
      queries.transaction().execute(async (transaction) => {
        // The version is updated first: a transaction that reads before it writes fails if another process wrote in
        // between.
        await transaction
          .updateTable('merchant_version')
          .set(({ eb }) => ({ version: eb('version', '+', 1) }))
          .execute();
        return apply(transaction);
      });
    // A change is not repeatable. If only its response was lost, a repeated insert would be rejected as a duplicate.
    return wrapStoreError(`${what} could not be saved`, () =>
      callEngine('change merchants', act, { repeatable: false }),
    );
  }

  return {
    merchants: () => look('the merchants', () => readMerchants(queries)),
    merchant: (id) => look(`merchant ${id}`, async () => (await readMerchants(queries, id))[0]),
    saveMerchant({ id, scheme, apiV3Key, enabled, productCoupon, quota, defaultPlatformKeyId }) {
      const values = {
        scheme: schemes[scheme].idField,
        api_v3_key: apiV3Key,
        enabled: Number(enabled),
        product_coupon: Number(productCoupon),
        quota: quota ?? null,
        default_platform_key_id: defaultPlatformKeyId ?? null,
      };
      return change(`merchant ${id}`, async (transaction) => {
        await transaction
          .insertInto('merchant')
          .values({ id, ...values })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
          .execute();
      });
    },
    addCertificate: (merchant, { serialNo, pem, notBefore, notAfter, revokedAt }) =>
      change(`certificate ${serialNo} of merchant ${merchant}`, async (transaction) => {
        const known = await transaction
          .selectFrom('merchant')
          .select('id')
          .where('id', '=', merchant)
          .execute();
        if (known.length === 0) throw new Error(`there is no merchant ${merchant}`);
        await transaction
          .insertInto('merchant_certificate')
          .values({
            merchant,
            serial_no: serialNo,
            pem,
            not_before: notBefore,
            not_after: notAfter,
            revoked_at: revokedAt ?? null,
          })
          .execute();
      }),
    revokeCertificate: (merchant, serialNo, at) =>
      change(`certificate ${serialNo} of merchant ${merchant}`, async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('merchant_certificate')
          .set(({ fn, val, ref }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(at)) }))
          .where('merchant', '=', merchant)
          .where('serial_no', '=', serialNo)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    platformKeys: () => look('the platform keys', () => readPlatformKeys(queries)),
    addPlatformKey: ({ id, kind, privateKeyPem, publicPem, notBefore, notAfter, retiredAt }) =>
      change(`platform key ${id}`, async (transaction) => {
        await transaction
          .insertInto('platform_key')
          .values({
            id,
            kind,
            private_key_pem: privateKeyPem,
            public_pem: publicPem,
            not_before: notBefore ?? null,
            not_after: notAfter ?? null,
            retired_at: retiredAt ?? null,
          })
          .execute();
      }),
    retirePlatformKey: (id, at) =>
      change(`platform key ${id}`, async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('platform_key')
          .set(({ fn, val, ref }) => ({ retired_at: fn.coalesce(ref('retired_at'), val(at)) }))
          .where('id', '=', id)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    setting: (name) =>
      look(`setting ${name}`, async () => {
        const row = await queries
          .selectFrom('setting')
          .select('value')
          .where('name', '=', name)
          .executeTakeFirst();
        return row?.value;
      }),
    saveSetting: (name, value) =>
      change(`setting ${name}`, async (transaction) => {
        await transaction
          .insertInto('setting')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
          .execute();
      }),
  };
}
