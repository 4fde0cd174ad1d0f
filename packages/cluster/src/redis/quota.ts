import type { Quota } from '@coupon-media/server/engine';
import type { EngineCalls } from '../engine/calls.js';
import type { Connection } from './connection.js';
import { TAKE } from './scripts.js';

/** The token buckets of all nodes, in one Redis. When it loses its memory, every merchant has a full one. */
export function createRedisQuota(
  connection: Connection,
  calls: EngineCalls,
  key: (id: string) => string,
): Quota {
  return {
    async take(id, rate) {
      const say = () => [key(id), String(rate)];
      const wait = await calls.call('take', (signal) => connection.ask(TAKE, say, signal), {
        repeatable: false, // it would take two
      });
      return Number(wait);
    },
  };
}
