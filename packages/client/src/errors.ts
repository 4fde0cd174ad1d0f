import type { ErrorCode, Finding, MessageFault, RefusalName, ResponseFault } from '@coupon-media/apiv3';

/** Codes of what goes wrong on this side. Stable: decide on them, not on messages. */
export type ClientErrorCode =
  | 'OPTION_INVALID'
  | 'IMAGE_INVALID'
  | 'SOURCE_UNREADABLE'
  | 'SIGNING_FAILED'
  | 'NETWORK_FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'RESPONSE_FORGED'
  | 'RESPONSE_MALFORMED'
  | 'NOTIFICATION_UNTRUSTED'
  | 'FIELD_UNREADABLE';

/** Codes of the service's refusals; `HTTP_…` where the response carries no code (a proxy's HTML, an empty 404). */
export type ServiceErrorCode = ErrorCode | `HTTP_${number}` | (string & {});

/**
 * What every error of this package is. `code` is stable; `message` never carries a key, a signature or a header that
 * does; `cause` is what lay beneath.
 */
export abstract class ClientError extends Error {
  abstract readonly code: ClientErrorCode | ServiceErrorCode;
}

/** An option or an argument is not usable. Nothing was sent. */
export class OptionError extends ClientError {
  override readonly name = 'OptionError';
  readonly code = 'OPTION_INVALID';
  /** The option's name, as in the options object. */
  readonly option: string;

  constructor(option: string, remedy: string, cause?: unknown) {
    super(`${option}: ${remedy}`, { cause });
    this.option = option;
  }
}

/** The service would refuse this image or its filename. Nothing was sent. */
export class ImageError extends ClientError {
  override readonly name = 'ImageError';
  readonly code = 'IMAGE_INVALID';
  /** The refusal that the service would answer, by its name in apiv3's table. */
  readonly refusal: RefusalName;

  constructor(refusal: RefusalName, message: string, cause?: unknown) {
    super(message, { cause });
    this.refusal = refusal;
  }
}

/** The image's bytes could not be had: no such file, a folder, a stream that failed, a file that changed. */
export class SourceError extends ClientError {
  override readonly name = 'SourceError';
  readonly code = 'SOURCE_UNREADABLE';
}

/** The signer failed: a KMS or HSM that cannot be reached. Nothing was sent. */
export class SigningError extends ClientError {
  override readonly name = 'SigningError';
  readonly code = 'SIGNING_FAILED';
}

/** Which attempt an error belongs to. */
export interface AttemptInfo {
  /** Origin: `https://api.mch.weixin.qq.com`. */
  host: string;
  /** From 1. */
  attempt: number;
}

/** No response came: no address, a refused or broken connection, a TLS failure. The request may have arrived. */
export class NetworkError extends ClientError {
  override readonly name = 'NetworkError';
  readonly code = 'NETWORK_FAILED';
  readonly host: string;
  readonly attempt: number;
  /** Whether a byte of the request was sent: false is the promise that the service has seen nothing of it. */
  readonly sent: boolean;

  constructor(message: string, { host, attempt }: AttemptInfo, sent: boolean, cause?: unknown) {
    super(message, { cause });
    this.host = host;
    this.attempt = attempt;
    this.sent = sent;
  }
}

/** The stages of an exchange, each with its own deadline. */
export type Phase = 'connect' | 'send' | 'response';

/** A stage took longer than its deadline. */
export class TimeoutError extends ClientError {
  override readonly name = 'TimeoutError';
  readonly code = 'TIMED_OUT';
  readonly host: string;
  readonly attempt: number;
  readonly phase: Phase;
  /** The deadline that passed. */
  readonly milliseconds: number;

  constructor(phase: Phase, milliseconds: number, { host, attempt }: AttemptInfo) {
    super(`${host} took longer than ${milliseconds} ms to ${PHASE_VERBS[phase]}`);
    this.host = host;
    this.attempt = attempt;
    this.phase = phase;
    this.milliseconds = milliseconds;
  }
}

const PHASE_VERBS: Readonly<Record<Phase, string>> = {
  connect: 'accept a connection',
  send: 'take the request',
  response: 'respond',
};

/** The caller's signal was aborted; its reason is `cause`. `name` is what fetch users look for. */
export class AbortedError extends ClientError {
  override readonly name = 'AbortError';
  readonly code = 'ABORTED';

  constructor(cause: unknown) {
    super("aborted by the caller's signal", { cause });
  }
}

/** What is told of a response, whatever is wrong with it. */
export interface ResponseInfo extends AttemptInfo {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  /** The body's raw bytes. */
  rawBody: Buffer;
  /** `Request-ID`: what WeChat Pay's support asks for. */
  requestId: string | undefined;
}

/** An error that came with a response. */
abstract class ResponseError extends ClientError implements ResponseInfo {
  readonly host: string;
  readonly attempt: number;
  readonly status: number;
  readonly headers: ResponseInfo['headers'];
  readonly rawBody: Buffer;
  readonly requestId: string | undefined;

  constructor(message: string, response: ResponseInfo, cause?: unknown) {
    super(message, { cause });
    this.host = response.host;
    this.attempt = response.attempt;
    this.status = response.status;
    this.headers = response.headers;
    this.rawBody = response.rawBody;
    this.requestId = response.requestId;
  }
}

/** What a refusal's body said, as far as it could be read. */
export interface ApiErrorBody {
  code: ServiceErrorCode;
  message: string;
  /** The body's `detail`, as sent (contract 5.1, 5.4). */
  detail: unknown;
}

/** What this side found out about a refusal. */
export interface RefusalJudgement {
  /**
   * Whether the response's signature was proven. Refusals before authentication are unsigned by design (contract 3.5);
   * an unverified one may also come from a proxy.
   */
  verified: boolean;
  /** Seconds that `Retry-After` asks to wait, where it does. */
  retryAfter: number | undefined;
  /** Of a SIGN_ERROR: which mistakes the request shows, the first that the service checks first; often empty. */
  findings: readonly Finding[];
}

/** The service refused: any status that is not 2xx, always reported as what it is (contract 3.6). */
export class ApiError extends ResponseError implements RefusalJudgement {
  override readonly name = 'ApiError';
  readonly code: ServiceErrorCode;
  readonly detail: unknown;
  readonly verified: boolean;
  /** The internal error code at the end of `Request-ID` (contract 3.3), where it has one. */
  readonly number: number | undefined;
  readonly retryAfter: number | undefined;
  readonly findings: readonly Finding[];

  constructor({ code, message, detail }: ApiErrorBody, response: ResponseInfo, judgement: RefusalJudgement) {
    super(message, response);
    this.code = code;
    this.detail = detail;
    this.verified = judgement.verified;
    this.number = internalNumber(response.requestId);
    this.retryAfter = judgement.retryAfter;
    this.findings = judgement.findings;
  }
}

function internalNumber(requestId: string | undefined): number | undefined {
  const digits = /-(\d{1,15})$/.exec(requestId ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A 2xx response that is not WeChat Pay's as far as can be proven (contract 3.6). Do not use what it says. */
export class ForgedResponseError extends ResponseError {
  override readonly name = 'ForgedResponseError';
  readonly code = 'RESPONSE_FORGED';
  readonly fault: ResponseFault;

  constructor(fault: ResponseFault, response: ResponseInfo) {
    super(`the response is not to be believed: ${FAULTS[fault]}`, response);
    this.fault = fault;
  }
}

const FAULTS: Readonly<Record<ResponseFault, string>> = {
  unsigned: 'it carries no signature',
  stale: "its timestamp is 300 s or more from this machine's clock",
  unknownKey: 'its Wechatpay-Serial names a key that this client does not have',
  signatureWrong: 'its signature is wrong',
};

/** A proven 2xx response without the content it must have. */
export class MalformedResponseError extends ResponseError {
  override readonly name = 'MalformedResponseError';
  readonly code = 'RESPONSE_MALFORMED';
}

/** A notification is not WeChat Pay's as far as can be proven. Answer it with an error, and use nothing of it. */
export class NotificationError extends ClientError {
  override readonly name = 'NotificationError';
  readonly code = 'NOTIFICATION_UNTRUSTED';
  readonly fault: MessageFault;

  constructor(fault: MessageFault, cause: Error) {
    super(cause.message, { cause });
    this.fault = fault;
  }
}

/** A sensitive field cannot be encrypted or decrypted: too long, or for another key. */
export class FieldError extends ClientError {
  override readonly name = 'FieldError';
  readonly code = 'FIELD_UNREADABLE';
}
