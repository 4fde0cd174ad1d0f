/**
 * The interfaces between a service and its engines, and the parts that several engines share: those for SQL, and those
 * for images that are spooled while they arrive. Authors of other engines (`@coupon-media/cluster` is one) need this
 * entry and nothing else of the server. A program that only runs a service does not need it.
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
/**
 * Nonce windows and token buckets in the memory of one process. One folder uses them, and so does a node that cannot
 * reach Redis.
 */
export { createNonceWindow, createQuota, type MemoryQuota } from './limits/embedded.js';
export type { Quota } from './limits/index.js';
export type { NonceRecord, NonceWindow, UsedNonce } from './limits/nonces.js';
export type {
  CallOptions,
  Database,
  Row,
  SchemaSql,
  SchemaSteps,
  Statement,
  Value,
} from './stores/database.js';
export {
  type AddedRows,
  type Addition,
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
  type WorkProgress,
  wrapStoreError,
} from './stores/index.js';
/** Images while they arrive: in memory while they are short or there is room, then in files. */
export { createDraft, type DraftStorage } from './stores/spool/draft.js';
export { createHeldMemory, type HeldMemory } from './stores/spool/held.js';
export { createSpool, proveRoom, type Spool } from './stores/spool/spool.js';
export { trackCommits, trackSpools } from './stores/spool/trackers.js';
/** One SQL, through kysely, for all engines that have it: tables, merchants and keys, and the list of uploads. */
export { type Listing, listUploads } from './stores/sql/listing.js';
export { createMerchantRecords, type MerchantRecords } from './stores/sql/merchants.js';
export type { CallEngine, Queries, Records } from './stores/sql/schema.js';
export {
  type ColumnTypes,
  createKeyUseTable,
  createMerchantTables,
  createUploadTable,
} from './stores/sql/tables.js';
