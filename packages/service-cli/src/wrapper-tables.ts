import type { MoveOptions } from '@coupon-media/cluster';
import type { CheckReport, ServiceConfig } from '@coupon-media/server';
import { CommandError } from 'coupon-media/shell';
import { loadCluster } from './records.js';
import { loadRelay } from './relay-records.js';

type Problems = CheckReport['problems'];

/**
 * Checks the tables of a relay, if a store has them.
 *
 * @throws StoreError, or CommandError where no relay is installed
 */
export async function checkRelayTables(config: ServiceConfig): Promise<Problems> {
  const { isCluster, openEmbeddedDatabase } = await import('@coupon-media/server');
  const database = isCluster(config)
    ? await (await loadCluster()).openClusterDatabase(config)
    : await openEmbeddedDatabase({ folder: config.data });
  try {
    if (!(await database.owners()).includes('relay')) return [];
    return await (await loadRelay()).checkOutbox(database);
  } finally {
    await database.close();
  }
}

/** What makes the tables of a relay in a cluster; nothing where no relay is installed. */
export async function wrapperTables(): Promise<NonNullable<MoveOptions['wrappers']>> {
  try {
    return (await loadRelay()).WRAPPER_TABLES;
  } catch (error) {
    if (error instanceof CommandError) return {};
    throw error;
  }
}
