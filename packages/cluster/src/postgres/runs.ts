import { wrapStoreError } from '@coupon-media/server/engine';
import type { RunRegister } from '../engine/run-register.js';
import type { Postgres } from './database.js';

/** Keeps in one row which run of Redis all nodes use (redis/lease.ts). */
export function createRunRegister(postgres: Postgres): RunRegister {
  async function ask<Row>(operation: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await wrapStoreError(UNREGISTERED, () =>
      postgres.calls.call(operation, () => postgres.run<Row>(text, values)),
    );
    return rows;
  }

  return {
    async register(run) {
      const [row] = await ask<{ number: number }>(
        'register redis',
        `insert into redis_run (id, number, run) values (1, 1, $1)
         on conflict (id) do update set run = $1,
           number = redis_run.number + case when redis_run.run = $1 then 0 else 1 end
         returning number`,
        [run],
      );
      return Number(row?.number);
    },
    async isNewest(number) {
      // "for share" is refused by a standby, and a balancer such as pgpool sends it to the primary.
      const [row] = await ask<{ number: number }>(
        'confirm redis',
        'select number from redis_run where id = 1 for share',
        [],
      );
      return Number(row?.number) === number;
    },
  };
}

const UNREGISTERED = {
  'zh-CN': '无法登记或确认所用的 Redis',
  en: 'which Redis is in use could not be registered or confirmed',
};
