import type { Selectable } from 'kysely';
import { merchantsOf, platformKeyOf } from '../sql/merchant-rows.js';
import type { MerchantReader } from '../sql/merchants.js';
import type { Records } from '../sql/schema.js';
import type { SqliteConnection } from './binding.js';

/** Reads merchants, keys and settings without kysely, which takes longer to load than all the rest of a start. */
export function createMerchantReader(connection: SqliteConnection): MerchantReader {
  function rows<Table extends keyof Records>(_: Table, sql: string, parameters: readonly string[] = []) {
    return connection.prepare(sql).all(parameters) as Selectable<Records[Table]>[];
  }

  return {
    async merchants(id) {
      if (id === undefined)
        return merchantsOf(
          rows('merchant', 'select * from merchant order by id'),
          rows('merchant_certificate', 'select * from merchant_certificate order by id'),
        );
      return merchantsOf(
        rows('merchant', 'select * from merchant where id = ?', [id]),
        rows('merchant_certificate', 'select * from merchant_certificate where merchant = ? order by id', [
          id,
        ]),
      );
    },
    platformKeys: async () =>
      rows('platform_key', 'select * from platform_key order by position').map(platformKeyOf),
    platformKeyUses: async () =>
      new Map(rows('platform_key_use', 'select * from platform_key_use').map(({ id, at }) => [id, at])),
    async recordPlatformKeyUses(uses) {
      const record = connection.prepare(
        `insert into platform_key_use (id, at) values (?, ?)
         on conflict (id) do update set at = excluded.at where platform_key_use.at < excluded.at`,
      );
      for (const [id, at] of uses) record.run([id, at]);
    },
    setting: async (name) => rows('setting', 'select * from setting where name = ?', [name])[0]?.value,
  };
}
