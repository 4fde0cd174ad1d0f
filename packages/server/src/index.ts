export {
  type ClusterConfig,
  ConfigError,
  isCluster,
  type LogLevel,
  readConfig,
  type ServiceConfig,
} from './config.js';
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
export { PUBLIC_URL_SETTING, type Service, StartError, type StartOptions, startService } from './service.js';
export {
  type BackupReport,
  backUpEmbeddedStore,
  checkEmbeddedStore,
  type FolderContents,
  type FolderImage,
  type FolderUpload,
  type IdRange,
  openEmbeddedContents,
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
