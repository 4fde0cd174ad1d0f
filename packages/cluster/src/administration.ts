import type { CheckReport, Database, ImageReader, MerchantStore } from '@coupon-media/server/engine';
import { type CheckOptions, check } from './check.js';
import type { ClusterStoreOptions } from './engine/options.js';
import { createImageReader } from './images.js';
import { openPostgres } from './postgres/database.js';
import { openMerchants } from './postgres/merchants.js';
import { createWrapperTables } from './postgres/wrapper-tables.js';
import { createBucket } from './s3/bucket.js';

// The functions here are for processes other than the nodes.

/**
 * Opens the merchants and keys of all nodes. In an empty database the tables are created.
 *
 * @throws StoreError that names PostgreSQL, and why it cannot be used
 */
export async function openClusterMerchants(options: ClusterStoreOptions): Promise<MerchantStore> {
  const postgres = await openPostgres(options);
  try {
    const merchants = await openMerchants(postgres);
    return {
      ...merchants,
      async close() {
        await merchants.close();
        await postgres.close();
      },
    };
  } catch (error) {
    await postgres.close();
    throw error;
  }
}

/**
 * Opens the SQL of all nodes, for the tables of what wraps them.
 *
 * @throws StoreError that names PostgreSQL, and why it cannot be used
 */
export async function openClusterDatabase(
  options: ClusterStoreOptions,
): Promise<Database & { close(): Promise<void> }> {
  const postgres = await openPostgres(options);
  return { ...createWrapperTables(postgres), close: postgres.close };
}

/**
 * Opens the images and the list of uploads for reading.
 *
 * @throws StoreError that names the engine, and why it cannot be used
 */
export async function openClusterImages(
  options: ClusterStoreOptions,
): Promise<ImageReader & { close(): Promise<void> }> {
  const postgres = await openPostgres(options);
  const bucket = createBucket(options);
  return {
    ...createImageReader(postgres, bucket),
    async close() {
      bucket.close();
      await postgres.close();
    },
  };
}

/**
 * Verifies that every record has its object, and every object its record. The nodes may run meanwhile.
 *
 * @throws StoreError that names PostgreSQL, and why it cannot be used
 */
export async function checkClusterStore(
  options: ClusterStoreOptions,
  how: CheckOptions = {},
): Promise<CheckReport> {
  const postgres = await openPostgres(options);
  const bucket = createBucket(options);
  try {
    return await check(postgres, bucket, how);
  } finally {
    bucket.close();
    await postgres.close();
  }
}
