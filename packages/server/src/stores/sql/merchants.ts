import { filled, schemes, type Text } from '@coupon-media/apiv3';
import type { Transaction } from 'kysely';
import { type MerchantRecord, type MerchantStore, type PlatformKeyRecord, wrapStoreError } from '../index.js';
import { readMerchants, readPlatformKeys, readPlatformKeyUses } from './merchant-rows.js';
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
  return createLazyMerchantRecords(async () => queries, readerOn(queries), callEngine);
}

/**
 * The same where kysely is loaded with the first change: what a service reads when it starts needs none.
 *
 * @param reader reads the same rows in another way
 */
export function createLazyMerchantRecords(
  load: () => Promise<Queries>,
  reader: MerchantReader,
  callEngine: CallEngine,
): MerchantRecords {
  function look<T>(what: Text, act: () => Promise<T>): Promise<T> {
    return wrapStoreError(filled(UNREAD, { what }), () => callEngine('read merchants', act));
  }

  /** Every change increments the version, whichever process makes it, because caches compare versions. */
  function change<T>(what: Text, apply: (queries: Transaction<Records>) => Promise<T>): Promise<T> {
    const act = async () =>
      (await load()).transaction().execute(async (transaction) => {
        // The version is updated first: a transaction that reads before it writes fails if another process wrote in
        // between.
        await transaction
          .updateTable('merchant_version')
          .set(({ eb }) => ({ version: eb('version', '+', 1) }))
          .execute();
        return apply(transaction);
      });
    // A change is not repeatable. If only its response was lost, a repeated insert would be rejected as a duplicate.
    return wrapStoreError(filled(UNSAVED, { what }), () =>
      callEngine('change merchants', act, { repeatable: false }),
    );
  }

  return {
    merchants: () => look(THE_MERCHANTS, () => reader.merchants()),
    merchant: (id) => look(filled(MERCHANT, { id }), async () => (await reader.merchants(id))[0]),
    saveMerchant({ id, scheme, apiV3Key, enabled, productCoupon, quota, defaultPlatformKeyId }) {
      const values = {
        scheme: schemes[scheme].idField,
        api_v3_key: apiV3Key,
        enabled: Number(enabled),
        product_coupon: Number(productCoupon),
        quota: quota ?? null,
        default_platform_key_id: defaultPlatformKeyId ?? null,
      };
      return change(filled(MERCHANT, { id }), async (transaction) => {
        await transaction
          .insertInto('merchant')
          .values({ id, ...values })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
          .execute();
      });
    },
    addCertificate: (merchant, { serialNo, pem, notBefore, notAfter, revokedAt }) =>
      change(filled(CERTIFICATE, { serialNo, merchant }), async (transaction) => {
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
      change(filled(CERTIFICATE, { serialNo, merchant }), async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('merchant_certificate')
          .set(({ fn, val, ref }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(at)) }))
          .where('merchant', '=', merchant)
          .where('serial_no', '=', serialNo)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    platformKeys: () => look(THE_PLATFORM_KEYS, () => reader.platformKeys()),
    addPlatformKey: ({ id, kind, privateKeyPem, publicPem, notBefore, notAfter, retiredAt }) =>
      change(filled(PLATFORM_KEY, { id }), async (transaction) => {
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
      change(filled(PLATFORM_KEY, { id }), async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('platform_key')
          .set(({ fn, val, ref }) => ({ retired_at: fn.coalesce(ref('retired_at'), val(at)) }))
          .where('id', '=', id)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    platformKeyUses: () => look(THE_KEY_USES, () => reader.platformKeyUses()),
    recordPlatformKeyUses: (uses) =>
      wrapStoreError(filled(UNSAVED, { what: THE_KEY_USES }), () =>
        callEngine('record key uses', async () => {
          if (uses.size > 0) await reader.recordPlatformKeyUses(uses);
        }),
      ),
    setting: (name) => look(filled(SETTING, { name }), () => reader.setting(name)),
    saveSetting: (name, value) =>
      change(filled(SETTING, { name }), async (transaction) => {
        await transaction
          .insertInto('setting')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
          .execute();
      }),
    keepSetting: (name, value) =>
      change(filled(SETTING, { name }), async (transaction) => {
        await transaction
          .insertInto('setting')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute();
        const row = await transaction
          .selectFrom('setting')
          .select('value')
          .where('name', '=', name)
          .executeTakeFirstOrThrow();
        return row.value;
      }),
  };
}

/** What is read, and what is written so often that it must be cheap. */
export interface MerchantReader {
  /** @param id the merchant to read. Default: all merchants, by id */
  merchants(id?: string): Promise<MerchantRecord[]>;
  /** In the order in which they were added. */
  platformKeys(): Promise<PlatformKeyRecord[]>;
  platformKeyUses(): Promise<Map<string, number>>;
  /** @param uses Unix seconds by id; of two times the later one stands */
  recordPlatformKeyUses(uses: ReadonlyMap<string, number>): Promise<void>;
  setting(name: string): Promise<string | undefined>;
}

function readerOn(queries: Queries): MerchantReader {
  return {
    merchants: (id) => readMerchants(queries, id),
    platformKeys: () => readPlatformKeys(queries),
    platformKeyUses: () => readPlatformKeyUses(queries),
    async recordPlatformKeyUses(uses) {
      await queries
        .insertInto('platform_key_use')
        .values([...uses].map(([id, at]) => ({ id, at })))
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet(({ ref }) => ({ at: ref('excluded.at') }))
            .whereRef('platform_key_use.at', '<', 'excluded.at'),
        )
        .execute();
    },
    async setting(name) {
      const row = await queries
        .selectFrom('setting')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.value;
    },
  };
}

const UNREAD = { 'zh-CN': '无法读取{what}', en: '{what} could not be read' };
const UNSAVED = { 'zh-CN': '无法保存{what}', en: '{what} could not be saved' };
const THE_MERCHANTS = { 'zh-CN': '商户', en: 'the merchants' };
const MERCHANT = { 'zh-CN': '商户 {id}', en: 'merchant {id}' };
const CERTIFICATE = {
  'zh-CN': '商户 {merchant} 的证书 {serialNo}',
  en: 'certificate {serialNo} of merchant {merchant}',
};
const THE_PLATFORM_KEYS = { 'zh-CN': '平台密钥', en: 'the platform keys' };
const THE_KEY_USES = { 'zh-CN': '平台密钥的使用时间', en: 'the times at which platform keys signed' };
const PLATFORM_KEY = { 'zh-CN': '平台密钥 {id}', en: 'platform key {id}' };
const SETTING = { 'zh-CN': '设置 {name}', en: 'setting {name}' };
