export { readRules } from './calls/read-rules.js';
export type { CallMethod, CallPattern, CallResponse, ReceivedCall, ResponseRule } from './calls/rule.js';
export type { SensitiveField } from './calls/sensitive.js';
export type { ListedRule, Responses } from './calls/table.js';
export { DEMO_IMAGES, type DemoUpload, runDemo } from './demo.js';
export type { SandboxDoor } from './door/open-door.js';
export type { AppliedFault } from './faults/applied.js';
export type { DelayDistribution, DribbleDelay } from './faults/delay.js';
export type { FaultReport, Faults, NextPlatformKey } from './faults/faults.js';
export type { FaultResponse, FaultRule, HostName, OverQuota, RequestPattern } from './faults/rule.js';
export { readFaultFile } from './faults/rule-file.js';
export type { FaultName } from './faults/table.js';
export type { SandboxTls } from './hosts/hosts.js';
export type { TlsOptions } from './hosts/open-tls.js';
export { type CertifiedPair, generateCertifiedPair } from './identity/certificate.js';
export {
  type CertificateModeCredentials,
  CREDENTIALS_FILE,
  type Credentials,
  readCredentials,
} from './identity/credentials.js';
export type { ReceivedPart } from './journal/form.js';
export type { JournalLimits } from './journal/limits.js';
export type {
  Outcome,
  PassedStage,
  ReceivedRequest,
  ReceivedUpload,
  SentResponse,
  Stage,
} from './journal/received-request.js';
export type { ReplayOptions } from './journal/replay.js';
export { assertReceivedUpload, sandboxMatchers } from './matchers/matchers.js';
export type { ExpectedUpload, Judgement, Received } from './matchers/received-upload.js';
export type { Delivery, ReceiverResponse } from './notify/deliver.js';
export { MISTAKE_NAMES, type MistakeName, whatIsWrong } from './notify/mistakes.js';
export {
  createNotifier,
  type NotificationReport,
  type NotifierKey,
  type NotifierMerchant,
  type NotifierServices,
  type Notify,
  type NotifyOptions,
} from './notify/notify.js';
export type { SignedNotification } from './notify/sign.js';
export type { Verdict } from './notify/verdict.js';
export type { ClockDescription, ClockSetting } from './run/clock.js';
export { SandboxError, type SandboxErrorCode } from './run/sandbox-error.js';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.js';
