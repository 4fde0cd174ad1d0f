export { openEmbeddedEngines } from './engines/embedded.js';
export { isReadableByOthers } from './engines/key-files.js';
export { freeMemoryWhenIdle, letHeapGrow } from './heap.js';
export { holderOf } from './http/holder.js';
export { createPageGuard, knownHosts } from './http/page-guard.js';
export type { Respond, Writer } from './http/signed.js';
export type { Route } from './http/table.js';
export { createNonceWindow, createQuota } from './limits/embedded.js';
export {
  addCertificate,
  addMerchant,
  type CertificateState,
  certificateState,
  changeMerchant,
  knownMerchant,
  type MerchantChange,
  type NewMerchant,
  newApiV3Key,
  revokeCertificate,
} from './merchants/administration.js';
export { MerchantError } from './merchants/faults.js';
export {
  addPlatformKey,
  checkRetirable,
  generatePublicKeyPair,
  inOrderOfPreference,
  knownPlatformKey,
  type PlatformKeyFiles,
  type PlatformKeyState,
  platformKeyState,
  readPlatformKey,
  retirePlatformKey,
} from './merchants/platform-key.js';
export { refusePublishedCertificate, refusePublishedPlatformKey } from './merchants/published-keys.js';
export type { ServiceListener } from './observe/listener.js';
export type { ServiceLog } from './observe/log.js';
export type {
  MetricName,
  ReadSamples,
  Sample,
  Series,
  SeriesHistogram,
  WrapperMetrics,
} from './observe/wrapper-metrics.js';
export { PUBLIC_URL_SETTING } from './public-url.js';
export {
  type Address,
  createService,
  type ServiceCore,
  type ServiceParts,
  type ServiceSettings,
} from './service.js';
export {
  type ClusterConfig,
  ConfigError,
  isCluster,
  type LogLevel,
  readConfig,
  type ServiceConfig,
} from './settings/config.js';
export { describedStore } from './settings/redacted.js';
export type { SignedCall, SignedRoute } from './signed/call.js';
export { type Random, systemRandom } from './signed/random.js';
export {
  type Response,
  type ResponseContext,
  type ResponseSigner,
  refusalResponse,
  type UnsignedResponse,
} from './signed/response.js';
export { codeOf, type RequestHead, type StageName, type Trace } from './signed/trace.js';
export {
  type Service,
  type StartOptions,
  startService,
  type Wrap,
  type Wrapping,
} from './start.js';
export { cannotListen, StartError } from './start-error.js';
export {
  type BackupReport,
  backUpEmbeddedStore,
  checkEmbeddedStore,
  checkHoldsStore,
  checkNotMoved,
  type FolderContents,
  type FolderImage,
  type FolderUpload,
  holdsStore,
  type IdRange,
  openEmbeddedContents,
  openEmbeddedDatabase,
  openEmbeddedImages,
  openEmbeddedMerchants,
  SCHEMA_STEP,
} from './stores/embedded/index.js';
export type {
  CheckReport,
  ImageReader,
  MerchantCertificate,
  MerchantRecord,
  MerchantStore,
  PlatformKeyRecord,
  StoredUpload,
  WorkProgress,
} from './stores/index.js';
export { type Publish, publishUnder, type Uploader } from './upload/publish.js';
export type { AddToCommit, PublishedImage } from './upload/store.js';
