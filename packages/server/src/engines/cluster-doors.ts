import type { ClusterConfig } from '../config.js';
import type { CheckOptions } from '../stores/cluster/administration.js';
import type { CheckReport, ImageReader, MerchantStore } from '../stores/index.js';

// What a command does beside the nodes. The engines' libraries are loaded by the first that is called, not before.

export type { CheckOptions };

/**
 * Opens the merchants and keys of all nodes. A database that is empty is made a store's.
 *
 * @throws StoreError that names PostgreSQL, and why it cannot be used
 */
export async function openClusterMerchants(config: ClusterConfig): Promise<MerchantStore> {
  return (await administration()).openClusterMerchants(config);
}

/** Opens images and the list of uploads, for reading. */
export async function openClusterImages(
  config: ClusterConfig,
): Promise<ImageReader & { close(): Promise<void> }> {
  return (await administration()).openClusterImages(config);
}

/** Verifies that every record has its object, and every object its record. The nodes may go on meanwhile. */
export async function checkClusterStore(config: ClusterConfig, how?: CheckOptions): Promise<CheckReport> {
  return (await administration()).checkClusterStore(config, how);
}

function administration(): Promise<typeof import('../stores/cluster/administration.js')> {
  return import('../stores/cluster/administration.js');
}
