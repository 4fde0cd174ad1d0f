/**
 * What engines are made of: the interfaces that a service asks them by, and the pieces that those with SQL, and those that write
 * images out while they arrive, have in common. Whoever makes engines of another kind (`@coupon-media/cluster` is one) needs this,
 * and nothing else of the server; who runs a service needs none of it.
 *
 * @module
 */

export type {
  BreakerState,
  EngineCall,
  EngineHooks,
  EngineStats,
  Engines,
  OpenEngines,
} from './engines/index.js';
/** Windows and buckets in one process's memory: the folder's, and what a node goes on with while it reaches no other. */
export { createNonceWindow, createQuota } from './limits/embedded.js';
export type { Quota } from './limits/index.js';
export type { NonceRecord, NonceWindow, UsedNonce } from './limits/nonces.js';
export {
  type CheckReport,
  HELD_IN_MEMORY,
  type ImageDraft,
  type ImageReader,
  type ImageStore,
  type MerchantCertificate,
  type MerchantProfile,
  type MerchantRecord,
  type MerchantStore,
  type NewUpload,
  type PlatformKeyRecord,
  type Problem,
  type StoredBytes,
  type StoredUpload,
  StoreError,
  type UploadPage,
  type UploadQuery,
  wrapStoreError,
} from './stores/index.js';
/** Images while they arrive: in memory as long as they are short, then in files. */
export { createDraft, type DraftStorage } from './stores/spool/draft.js';
export { createSpool, proveRoom, type Spool } from './stores/spool/spool.js';
export { trackCommits, trackSpools } from './stores/spool/under-way.js';
/** One SQL for all engines that have it, by kysely: tables, merchants and keys, the list of uploads. */
export { type Listing, listUploads } from './stores/sql/listing.js';
export { createMerchantRecords, type MerchantRecords } from './stores/sql/merchants.js';
export type { CallEngine, Queries, Records } from './stores/sql/schema.js';
export { type ColumnTypes, createMerchantTables, createUploadTable } from './stores/sql/tables.js';
