// The types of apiv3 that this package's own types mention, so that users need no second package for them.
export type {
  ErrorCode,
  Finding,
  Language,
  Notification,
  RefusalName,
  ResponseFault,
  Signer,
  Text,
  UploadEndpointName,
} from '@coupon-media/apiv3';
export { type Advice, adviceOn } from './advice.js';
export {
  type ApiResponse,
  type Client,
  createClient,
  type Expiry,
  type RequestBody,
  type RequestOptions,
} from './client.js';
export type { CredentialOptions, WechatPayPublicKey } from './credentials.js';
export type { Effects } from './effects.js';
export {
  AbortedError,
  ApiError,
  type AttemptInfo,
  ClientError,
  type ClientErrorCode,
  FieldError,
  ForgedResponseError,
  ImageError,
  MalformedResponseError,
  NetworkError,
  NotificationError,
  OptionError,
  type Phase,
  type RefusalJudgement,
  type ResponseInfo,
  type ServiceErrorCode,
  SigningError,
  type SigningFault,
  SourceError,
  TimeoutError,
} from './errors.js';
export type { Deadlines } from './exchange.js';
export type {
  AttemptEndEvent,
  CallEvent,
  CertificatesEvent,
  Hooks,
  HostEvent,
  RetryEvent,
} from './hooks.js';
export type { FailoverOptions } from './hosts.js';
export type { InspectedImage } from './inspected.js';
export { createLimiter, type Limiter, type LimitOptions } from './limiter.js';
export type { IncomingNotification } from './notification.js';
export type { ClientOptions } from './options.js';
export type { KeylessSigner, OwnKeyOptions } from './own-key.js';
export { createDispatcher } from './proxy/dispatcher.js';
export { type ProxyOption, type ProxyProtocol, type ProxyRoute, proxyFor } from './proxy/route.js';
export type { NextCertificate } from './rotation.js';
export type { ImageSource } from './source.js';
export type { UploadProgress } from './transport.js';
export {
  type CheckedImage,
  checkImage,
  type MediaIdEndpoint,
  type UploadOptions,
  type UploadReceipt,
  type UploadResult,
} from './upload.js';
