import { withReason } from '@coupon-media/apiv3';
import { type MerchantStore, StoreError } from '../index.js';
import { createLazyMerchantRecords } from '../sql/merchants.js';
import type { CallEngine } from '../sql/schema.js';
import type { SqliteConnection } from './binding.js';
import { createMerchantReader } from './merchant-reader.js';
import { sqliteReason } from './reasons.js';

/** Merchants, platform keys and settings, on a separate connection. */
export function createMerchantStore(connection: SqliteConnection): MerchantStore {
  const version = connection.row('select version from merchant_version');
  return {
    ...createLazyMerchantRecords(
      async () => (await import('./schema.js')).recordsOn(connection),
      createMerchantReader(connection),
      callSqlite,
    ),
    version() {
      try {
        return Number(version([])?.[0]);
      } catch (cause) {
        throw new StoreError(VERSION_UNREAD, { cause });
      }
    },
    close: async () => connection.close(),
  };
}

/** A full disk is the operator's to mend, so the message has the reason. */
const callSqlite: CallEngine = (_, act) =>
  act().catch((cause: unknown) => {
    const reason = sqliteReason(cause);
    throw reason ? new StoreError(withReason('store.db', reason), { cause }) : cause;
  });

const VERSION_UNREAD = {
  'zh-CN': '无法读取商户数据的版本',
  en: 'the version of the merchants could not be read',
};
