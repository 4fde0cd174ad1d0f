export { ConfigError, type LogLevel, readConfig, type ServiceConfig } from './config.js';
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
export { PUBLIC_URL_SETTING, type Service, StartError, startService } from './service.js';
export {
  type BackupReport,
  backUpEmbeddedStore,
  type CheckReport,
  checkEmbeddedStore,
  openEmbeddedImages,
  openEmbeddedMerchants,
} from './stores/embedded/index.js';
export type {
  MerchantCertificate,
  MerchantRecord,
  MerchantStore,
  PlatformKeyRecord,
} from './stores/index.js';
