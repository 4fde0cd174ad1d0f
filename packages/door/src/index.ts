export { createDoor, type Door } from './door.js';
export { createEnding, type Ending, type EndSignal } from './images/ending.js';
export { createOwnImageRecords, type OwnImageRecords } from './images/own-table.js';
export {
  createImageRecords,
  type ImagePage,
  type ImageQuery,
  type ImageRecord,
  type ImageRecords,
  type ImageTable,
  type Listed,
  type RecordedChange,
  type RecordKey,
} from './images/records.js';
export type { CallbackOptions } from './later/callbacks.js';
export type {
  CompromisedToken,
  DoorAccounts,
  DoorListener,
  DoorOptions,
  ReadAudit,
  UploadEvent,
} from './options.js';
export {
  PublishError,
  type PublishedValue,
  type Publisher,
  type PublishFault,
  type PublishRequest,
  type UpstreamRefusal,
  type WantedImage,
} from './publisher.js';
export { openRecords as upgradeDoor } from './records.js';
export {
  createRecentUploads,
  type Gauges,
  RECENT_OUTCOMES,
  type RecentBucket,
  type RecentOutcome,
  type RecentUploads,
} from './status/recent.js';
export {
  type NewToken,
  openTokens,
  TOKEN_SCOPES,
  type TokenRecord,
  type TokenScope,
  type Tokens,
} from './tokens/tokens.js';
