import type { Database } from '@coupon-media/server/engine';
import type { Outbox } from './index.js';
import { openManyNodesOutbox } from './many-nodes.js';
import { openOneProcessOutbox } from './one-process.js';

/**
 * Opens the outbox on tables that have the schema of the relay. In one folder it takes over what the last process left pending.
 *
 * @param clock Unix milliseconds
 * @throws StoreError
 */
export async function openOutbox(database: Database, clock: () => number = Date.now): Promise<Outbox> {
  return database.dialect === 'sqlite'
    ? openOneProcessOutbox(database, clock)
    : openManyNodesOutbox(database, clock);
}
