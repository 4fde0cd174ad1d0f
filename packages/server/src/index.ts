export {
  type ClusterConfig,
  ConfigError,
  isCluster,
  type LogLevel,
  readConfig,
  type ServiceConfig,
} from './config.js';
export {
  type CheckOptions,
  checkClusterStore,
  openClusterImages,
  openClusterMerchants,
} from './engines/cluster-doors.js';
export { describedStore } from './engines/described.js';
export { isReadableByOthers } from './key-files.js';
export {
  addCertificate,
  addMerchant,
  type CertificateState,
  certificateState,
  changeMerchant,
  knownMerchant,
  type MerchantChange,
  MerchantError,
  type NewMerchant,
  newApiV3Key,
  revokeCertificate,
} from './merchants/administration.js';
export {
  addPlatformKey,
  generatePublicKeyPair,
  type PlatformKeyFiles,
  type PlatformKeyState,
  platformKeyState,
  readPlatformKey,
  retirePlatformKey,
} from './merchants/platform-key.js';
export {
  type Difference,
  MigrationError,
  type MoveOptions,
  type MoveReport,
  migrateToCluster,
} from './migration/index.js';
export { PUBLIC_URL_SETTING, type Service, StartError, startService } from './service.js';
export {
  type BackupReport,
  backUpEmbeddedStore,
  checkEmbeddedStore,
  openEmbeddedImages,
  openEmbeddedMerchants,
} from './stores/embedded/index.js';
export type {
  CheckReport,
  ImageReader,
  MerchantCertificate,
  MerchantRecord,
  MerchantStore,
  PlatformKeyRecord,
  StoredUpload,
} from './stores/index.js';
