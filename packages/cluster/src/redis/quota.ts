import type { EngineCalls } from '../../engines/calls.js';
import type { Quota } from '../index.js';
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
      // Not repeatable: it would take two.
      const say = () => [key(id), String(rate)];
      const wait = await calls.call('take', (signal) => connection.ask(TAKE, say, signal));
      return Number(wait);
    },
  };
}
