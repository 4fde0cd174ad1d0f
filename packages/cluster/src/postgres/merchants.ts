import {
  createMerchantRecords,
  type MerchantRecords,
  type MerchantStore,
  StoreError,
} from '@coupon-media/server/engine';
import type { Postgres } from './database.js';

/** Milliseconds between checks whether other nodes changed the records. */
const LOOK_INTERVAL = 1000;

/**
 * Opens the merchants, platform keys and settings of all nodes. Each node checks once a second whether they have
 * changed, so reading the version makes no query.
 *
 * @throws StoreError if the version cannot be read
 */
export async function openMerchants(postgres: Postgres): Promise<MerchantStore> {
  let version = 0;
  let failure: StoreError | undefined;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    try {
      const { rows } = await postgres.calls.call('read version', () =>
        postgres.run<{ version: number }>('select version from merchant_version'),
      );
      version = Math.max(version, Number(rows[0]?.version));
      failure = undefined;
    } catch (cause) {
      failure = new StoreError(VERSION_UNREAD, { cause });
    }
  }

  await look();
  if (failure) throw failure;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, LOOK_INTERVAL);
  timer.unref();

  return {
    ...lookingAfterwards(createMerchantRecords(postgres.queries, postgres.callEngine), look),
    version() {
      if (failure) throw failure;
      return version;
    },
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** Checks the version after each change of this node, so that the node sees its own change at once. */
function lookingAfterwards(records: MerchantRecords, look: () => Promise<void>): MerchantRecords {
  async function then<T>(change: Promise<T>): Promise<T> {
    const value = await change;
    await look();
    return value;
  }
  return {
    ...records,
    saveMerchant: (profile) => then(records.saveMerchant(profile)),
    addCertificate: (merchant, certificate) => then(records.addCertificate(merchant, certificate)),
    revokeCertificate: (merchant, serialNo, at) => then(records.revokeCertificate(merchant, serialNo, at)),
    addPlatformKey: (key) => then(records.addPlatformKey(key)),
    retirePlatformKey: (id, at) => then(records.retirePlatformKey(id, at)),
    saveSetting: (name, value) => then(records.saveSetting(name, value)),
    keepSetting: (name, value) => then(records.keepSetting(name, value)),
  };
}

const VERSION_UNREAD = {
  'zh-CN': '无法读取商户数据的版本',
  en: 'the version of the merchants could not be read',
};
