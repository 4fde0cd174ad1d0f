import {
  BilingualError,
  both,
  type ErrorCode,
  type Finding,
  filled,
  knowInstances,
  type MessageFault,
  type RefusalName,
  type ResponseFault,
  type Text,
  type UntrustedMessageError,
  withReason,
} from '@coupon-media/apiv3';

/** Codes of the client's own errors. They are stable: decide on them, not on messages. */
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

/** Codes of the service's refusals; `HTTP_…` if the response has no code (HTML of a proxy, an empty 404). */
export type ServiceErrorCode = ErrorCode | `HTTP_${number}` | (string & {});

/**
 * The base class of every error in this package. `code` is stable; `message` never holds a key, a signature or a header with
 * one, and `texts` has it in both languages; `cause` is the underlying error.
 */
export abstract class ClientError extends BilingualError {
  abstract readonly code: ClientErrorCode | ServiceErrorCode;
}

/** An option or an argument is not usable. Nothing was sent. */
export class OptionError extends ClientError {
  override readonly name = 'OptionError';
  readonly code = 'OPTION_INVALID';
  /** The option's name, as in the options object. */
  readonly option: string;

  /** What is wrong with the option and what to give, without its name. */
  readonly remedy: Text;

  constructor(option: string, remedy: Text, cause?: unknown) {
    super(withReason(option, remedy), { cause });
    this.option = option;
    this.remedy = remedy;
  }
}

/** The service would refuse this image or its filename. Nothing was sent. */
export class ImageError extends ClientError {
  override readonly name = 'ImageError';
  readonly code = 'IMAGE_INVALID';
  /** The refusal with which the service would respond, by its name in apiv3's table. */
  readonly refusal: RefusalName;

  constructor(refusal: RefusalName, texts: Text, cause?: unknown) {
    super(texts, { cause });
    this.refusal = refusal;
  }
}

/** The bytes of the image could not be read: a missing file, a folder, a failed stream, a file that changed. */
export class SourceError extends ClientError {
  override readonly name = 'SourceError';
  readonly code = 'SOURCE_UNREADABLE';
}

/**
 * Why there is no signature: the signer threw (`failed`, its error is `cause`), gave none within the deadline (`late`), returned what is
 * none (`unusable`), or signed with another key than that of the certificate (`wrongKey`).
 */
export type SigningFault = 'failed' | 'late' | 'unusable' | 'wrongKey';

/** The signer failed, for example because a KMS or HSM cannot be reached. Nothing was sent. */
export class SigningError extends ClientError {
  override readonly name = 'SigningError';
  readonly code = 'SIGNING_FAILED';
  readonly fault: SigningFault;

  constructor(fault: SigningFault, texts: Text, cause?: unknown) {
    super(texts, { cause });
    this.fault = fault;
  }
}

/** Which attempt an error belongs to. */
export interface AttemptInfo {
  /** Origin: `https://api.mch.weixin.qq.com`. */
  host: string;
  /** From 1. */
  attempt: number;
}

/** The proxy that a request went through. */
export interface ProxyInfo {
  /** Host and port. */
  readonly place: string;
  /** The variable or option that names it. */
  readonly from: string;
}

/** No response came: no address, a refused or broken connection, a TLS failure, a proxy. The request may have arrived. */
export class NetworkError extends ClientError {
  override readonly name = 'NetworkError';
  readonly code = 'NETWORK_FAILED';
  readonly host: string;
  readonly attempt: number;
  /** Whether a byte of the request was sent. If false, the service has certainly seen nothing of it. */
  readonly sent: boolean;
  /** The proxy, if there is one between. */
  readonly proxy: ProxyInfo | undefined;

  constructor(texts: Text, { host, attempt, proxy }: AttemptRoute, sent: boolean, cause?: unknown) {
    super(texts, { cause });
    // Not the URL, which may hold a password.
    this.proxy = proxy && { place: proxy.place, from: proxy.from };
    this.host = host;
    this.attempt = attempt;
    this.sent = sent;
  }
}

/** Which attempt, and the proxy that it went through. */
export interface AttemptRoute extends AttemptInfo {
  proxy?: ProxyInfo | undefined;
}

/** The stages of an exchange, each with its own deadline; and `total`, the deadline of a call with its retries. */
export type Phase = 'connect' | 'send' | 'response' | 'total';

/** A stage took longer than its deadline. */
export class TimeoutError extends ClientError {
  override readonly name = 'TimeoutError';
  readonly code = 'TIMED_OUT';
  readonly host: string;
  readonly attempt: number;
  readonly phase: Phase;
  /** The deadline that passed. */
  readonly milliseconds: number;

  constructor(phase: Phase, milliseconds: number, { host, attempt, proxy }: AttemptRoute) {
    super(throughProxy(filled(LATE[phase], { host, milliseconds }), proxy));
    this.host = host;
    this.attempt = attempt;
    this.phase = phase;
    this.milliseconds = milliseconds;
  }
}

/** Adds the proxy between to a sentence about a host. */
export function throughProxy(texts: Text, proxy: ProxyInfo | undefined): Text {
  return proxy ? filled(THROUGH, { texts, place: proxy.place, from: proxy.from }) : texts;
}

const THROUGH: Text = {
  'zh-CN': '{texts}（经代理 {place}，来自 {from}）',
  en: '{texts} (through the proxy {place}, from {from})',
};

const LATE: Readonly<Record<Phase, Text>> = {
  connect: {
    'zh-CN': '{host} 未在 {milliseconds} 毫秒内建立连接',
    en: '{host} took longer than {milliseconds} ms to accept a connection',
  },
  send: {
    'zh-CN': '{host} 未在 {milliseconds} 毫秒内接收完请求',
    en: '{host} took longer than {milliseconds} ms to take the request',
  },
  response: {
    'zh-CN': '{host} 未在 {milliseconds} 毫秒内应答',
    en: '{host} took longer than {milliseconds} ms to respond',
  },
  total: {
    'zh-CN': '{host} 未在总时限 {milliseconds} 毫秒内应答（含重试）',
    en: '{host} did not respond within {milliseconds} ms in all, retries included',
  },
};

/** The caller's signal was aborted; its reason is `cause`. `name` is what fetch users look for. */
export class AbortedError extends ClientError {
  override readonly name = 'AbortError';
  readonly code = 'ABORTED';

  constructor(cause: unknown) {
    super({ 'zh-CN': '已被调用方取消', en: "aborted by the caller's signal" }, { cause });
  }
}

/** The fields of a response that every error about it carries. */
export interface ResponseInfo extends AttemptInfo {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  /** The body's raw bytes. */
  rawBody: Buffer;
  /** `Request-ID`, which the support of WeChat Pay asks for. */
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

  constructor(texts: Text, response: ResponseInfo, cause?: unknown) {
    super(texts, { cause });
    this.host = response.host;
    this.attempt = response.attempt;
    this.status = response.status;
    this.headers = response.headers;
    this.rawBody = response.rawBody;
    this.requestId = response.requestId;
  }
}

/** The body of a refusal, as far as it could be read. */
export interface ApiErrorBody {
  code: ServiceErrorCode;
  /** The service's own, in the language that was asked for; or both, if something between responded. */
  message: string | Text;
  /** The body's `detail`, as sent (contract 5.1, 5.4). */
  detail: unknown;
}

/** What the client found out about a refusal. */
export interface RefusalJudgement {
  /**
   * Whether the signature of the response was verified. Refusals before authentication are unsigned by design (contract 3.5);
   * an unverified response may also come from a proxy.
   */
  verified: boolean;
  /**
   * Whether a proxy or gateway responded and not the service: the response has no `Request-ID`, no signature and no code of the
   * service.
   */
  fromGateway?: boolean | undefined;
  /** Seconds to wait by `Retry-After`, if the response has it. */
  retryAfter: number | undefined;
  /** For a SIGN_ERROR: the mistakes found in the request, in the order in which the service checks; often empty. */
  findings: readonly Finding[];
}

/** The service refused: a status other than 2xx, which is always reported as a refusal (contract 3.6). */
export class ApiError extends ResponseError implements RefusalJudgement {
  override readonly name = 'ApiError';
  readonly code: ServiceErrorCode;
  readonly detail: unknown;
  readonly verified: boolean;
  readonly fromGateway: boolean;
  /** The internal error code at the end of `Request-ID` (contract 3.3), if it has one. */
  readonly number: number | undefined;
  readonly retryAfter: number | undefined;
  readonly findings: readonly Finding[];

  constructor({ code, message, detail }: ApiErrorBody, response: ResponseInfo, judgement: RefusalJudgement) {
    super(typeof message === 'string' ? both(message) : message, response);
    this.code = code;
    this.detail = detail;
    this.verified = judgement.verified;
    this.fromGateway = judgement.fromGateway ?? false;
    this.number = internalNumber(response.requestId);
    this.retryAfter = judgement.retryAfter;
    this.findings = judgement.findings;
  }
}

function internalNumber(requestId: string | undefined): number | undefined {
  const digits = /-(\d{1,15})$/.exec(requestId ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A 2xx response that is not proven to be from WeChat Pay (contract 3.6). Do not use its content. */
export class ForgedResponseError extends ResponseError {
  override readonly name = 'ForgedResponseError';
  readonly code = 'RESPONSE_FORGED';
  readonly fault: ResponseFault;

  constructor(fault: ResponseFault, response: ResponseInfo) {
    super(FAULTS[fault], response);
    this.fault = fault;
  }
}

const FAULTS: Readonly<Record<ResponseFault, Text>> = {
  unsigned: {
    'zh-CN': '应答不可信：没有签名',
    en: 'the response cannot be trusted: it carries no signature',
  },
  stale: {
    'zh-CN': '应答不可信：时间戳与本机时钟相差 300 秒以上',
    en: "the response cannot be trusted: its timestamp is 300 s or more from this machine's clock",
  },
  unknownKey: {
    'zh-CN': '应答不可信：Wechatpay-Serial 指定的密钥未在本客户端配置',
    en: 'the response cannot be trusted: its Wechatpay-Serial names a key that this client does not know',
  },
  signatureWrong: {
    'zh-CN': '应答不可信：验签不通过',
    en: 'the response cannot be trusted: its signature is wrong',
  },
};

/** A verified 2xx response without the required content. */
export class MalformedResponseError extends ResponseError {
  override readonly name = 'MalformedResponseError';
  readonly code = 'RESPONSE_MALFORMED';
}

/** A notification that is not proven to be from WeChat Pay. Respond to it with an error, and use nothing of it. */
export class NotificationError extends ClientError {
  override readonly name = 'NotificationError';
  readonly code = 'NOTIFICATION_UNTRUSTED';
  readonly fault: MessageFault;

  constructor(cause: UntrustedMessageError) {
    super(cause.texts, { cause });
    this.fault = cause.fault;
  }
}

/** A sensitive field cannot be encrypted or decrypted: it is too long, or it is for another key. */
export class FieldError extends ClientError {
  override readonly name = 'FieldError';
  readonly code = 'FIELD_UNREADABLE';
}

knowInstances('@coupon-media/client', {
  ClientError,
  OptionError,
  ImageError,
  SourceError,
  SigningError,
  NetworkError,
  TimeoutError,
  AbortedError,
  ApiError,
  ForgedResponseError,
  MalformedResponseError,
  NotificationError,
  FieldError,
});
