import { type MerchantStore, StoreError } from '../index.js';
import { createMerchantRecords } from '../sql/merchants.js';
import type { SqliteConnection } from './binding.js';
import { recordsOn } from './schema.js';

/** Merchants, platform keys and settings, on a separate connection. */
export function createMerchantStore(connection: SqliteConnection): MerchantStore {
  const version = connection.row('select version from merchant_version');
  return {
    ...createMerchantRecords(recordsOn(connection)),
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

const VERSION_UNREAD = {
  'zh-CN': '无法读取商户数据的版本',
  en: 'the version of the merchants could not be read',
};
