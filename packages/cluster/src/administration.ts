import type { CheckReport, ImageReader, MerchantStore } from '../index.js';
import { createBucket } from './bucket.js';
import { type CheckOptions, check } from './check.js';
import { createImageReader } from './images.js';
import { openMerchants } from './merchants.js';
import type { ClusterStoreOptions } from './options.js';
import { openPostgres } from './postgres.js';

// What other processes may do beside the nodes.

export type { CheckOptions };

/** Opens the merchants and keys of all nodes. A database that is empty is made a store's. */
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

/** Opens images and the list of uploads, for reading. */
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

/** Verifies that every record has its object, and every object its record. The nodes may go on meanwhile. */
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
