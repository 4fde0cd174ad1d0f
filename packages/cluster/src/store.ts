import type { Database, ImageStore, MerchantStore, NonceWindow } from '@coupon-media/server/engine';
import type { EngineCalls } from './engine/calls.js';
import type { ClusterStoreOptions, Observe } from './engine/options.js';
import type { RunRegister } from './engine/run-register.js';
import { createImageStore } from './images.js';
import { openPostgres, type Postgres } from './postgres/database.js';
import { openMerchants } from './postgres/merchants.js';
import { createDurableNonces } from './postgres/nonces.js';
import { createRunRegister } from './postgres/runs.js';
import { createWrapperTables } from './postgres/wrapper-tables.js';
import { openBucket } from './s3/bucket.js';
import { openScratch } from './s3/scratch.js';

/** The store of any number of nodes: PostgreSQL for records, S3 for bytes (docs/decisions/008-cluster-store.md). */
export interface ClusterStore {
  readonly images: ImageStore;
  readonly merchants: MerchantStore;
  /** Holds the nonces that must survive a loss of Redis' memory. */
  readonly nonces: NonceWindow;
  /** For the tables of what wraps the nodes. */
  readonly database: Database;
  /** Which run of Redis all nodes use. */
  readonly runs: RunRegister;
  /** Connections to PostgreSQL: open, idle among them, and the number of calls that wait for one. */
  pool: Postgres['pool'];
  /** Whether PostgreSQL itself ends a statement that exceeds the deadline. */
  readonly endsStatements: boolean;
  /** Whether the object store refuses bytes that are not those of the signed digest. */
  readonly comparesDigests: boolean;
  /** The circuit breakers of the two engines. */
  readonly breakers: Readonly<Record<'postgres' | 's3', Pick<EngineCalls, 'state'>>>;
  /** Closes both stores after the commits in progress. */
  close(): Promise<void>;
}

/**
 * Opens the engines for one of the nodes that share them.
 *
 * @param heldTogether bytes of all images above 64 KiB that are held in memory until they are stored. Default: 32 MiB
 * @throws StoreError that names the engine that cannot be used, and why
 */
export async function openClusterStore(
  options: ClusterStoreOptions,
  observe?: Observe,
  heldTogether?: number,
): Promise<ClusterStore> {
  const closing: (() => Promise<void> | void)[] = [];
  const close = once(async () => {
    for (const step of closing.reverse()) await step();
  });
  try {
    const scratch = await openScratch(options.uploadTempDir);
    const postgres = await openPostgres(options, observe);
    closing.push(() => postgres.close());
    const bucket = await openBucket(options, observe);
    closing.push(() => bucket.close());
    const comparesDigests = await bucket.comparesDigests();
    const merchants = await openMerchants(postgres);
    closing.push(() => merchants.close());
    const images = createImageStore(postgres, bucket, scratch, heldTogether);
    closing.push(() => images.close());
    return {
      images: { ...images, close },
      merchants: { ...merchants, close },
      nonces: createDurableNonces(postgres),
      database: createWrapperTables(postgres),
      runs: createRunRegister(postgres),
      pool: postgres.pool,
      endsStatements: postgres.endsStatements,
      comparesDigests,
      breakers: { postgres: postgres.calls, s3: bucket.calls },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
