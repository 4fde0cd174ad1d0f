export {
  type Authorization,
  type AuthorizationFault,
  authorizationFieldForms,
  formatAuthorization,
  parseAuthorization,
  type Scheme,
  type SchemeName,
  schemes,
} from './authorization.js';
export {
  CERTIFICATES_PATH,
  type CertificateToWrite,
  openCertificates,
  type PlatformCertificate,
  readCertificates,
  writeCertificates,
} from './certificates.js';
export {
  CipherError,
  decryptField,
  decryptResource,
  type EncryptedResource,
  encryptField,
  encryptResource,
  type ResourceEncryption,
} from './cipher.js';
export {
  hosts,
  IMAGE_BYTES_LIMIT,
  type UploadEndpoint,
  type UploadEndpointName,
  uploadEndpoint,
  uploadEndpoints,
} from './endpoints.js';
export {
  type ErrorCode,
  isErrorCode,
  isRefusalName,
  Refusal,
  type RefusalBody,
  type RefusalContext,
  type RefusalName,
  type RefusalRow,
  refusalBody,
  refusals,
  responseLanguage,
  unsignedRefusals,
  type WrapperRefusal,
} from './errors.js';
export { EXPIRY_DAYS, type ExpiryStage, expiryStage } from './expiry.js';
export type { Evidence } from './explain/evidence.js';
export type { Finding, Mistake } from './explain/findings.js';
export type { SignedLines } from './explain/recover-message.js';
export { acceptableFilename, checkFilename, filenameRules } from './filename.js';
export { type HeaderSource, headerReader } from './headers.js';
export {
  createImageInspector,
  IMAGE_SIDE_LIMIT,
  type ImageFault,
  type ImageInfo,
  type ImageInspector,
  type ImageKind,
  inspectImage,
  mediaTypes,
} from './image.js';
export { type ImageDoubt, imageDoubts, imageDoubtTexts } from './image-doubts.js';
export {
  IMAGES_FOLDER,
  type ImageId,
  imageName,
  imageNamePattern,
  imagePath,
  readImageName,
  readImagePath,
} from './image-name.js';
export { knowInstances } from './instances.js';
export { isKeyText } from './key-text.js';
export {
  type Certificate,
  canonicalKeyId,
  isKeyPair,
  KeyFormatError,
  keyText,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  type PrivateKey,
  type PublicKey,
  publicKeyOf,
} from './keys.js';
export { isLoopbackHost, isLoopbackUrl } from './loopback.js';
export { type RequestParts, type ResponseParts, requestMessage, responseMessage } from './message.js';
export { META_BYTES_LIMIT, type Meta, readMeta, sha256Form, writeMeta } from './meta.js';
export {
  createMultipartReader,
  type MultipartEvents,
  type MultipartFault,
  type MultipartReader,
} from './multipart.js';
export { nearestName } from './nearest-name.js';
export {
  type Notification,
  type NotificationKeys,
  openNotification,
} from './notification.js';
export { publishedKeyName } from './published-keys.js';
export { fileReasonText, networkReasonText } from './reasons.js';
export {
  describeSecret,
  describeText,
  errorText,
  fileErrorReason,
  fileErrorText,
  isPlainPath,
  pathFault,
  redacted,
  redactedId,
  redactedOrigin,
  withoutPath,
  withoutSecrets,
} from './redaction.js';
export {
  isRequestTimely,
  REQUEST_CLOCK_WINDOW,
  type RequestToSign,
  type SignInformation,
  signInformation,
  signRequest,
  verifyRequest,
} from './request.js';
export {
  RESPONSE_CLOCK_WINDOW,
  type ResponseFault,
  type ResponseSignatureHeaders,
  type ResponseToSign,
  type ResponseToVerify,
  signResponse,
  verifyResponse,
} from './response.js';
export {
  createKeyRing,
  createSigner,
  createVerifier,
  type KeyRing,
  type Signer,
  type Verifier,
} from './signature.js';
export {
  BilingualError,
  both,
  fill,
  filled,
  type Language,
  type Text,
  type TextValues,
  withReason,
} from './text.js';
export {
  type MessageFault,
  UntrustedMessageError,
} from './untrusted.js';
export { isUnambiguousUrl, originOf, unambiguousUrlRule, urlPlace } from './url.js';
export { VERSION } from './version.js';
