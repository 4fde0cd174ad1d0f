import { knowInstances } from './instances.js';
import { fill, type Language, type Text, type TextValues } from './text.js';

/** Error codes, as a refusal's body carries them (contract 1.5). */
export type ErrorCode =
  | 'PARAM_ERROR'
  | 'INVALID_REQUEST'
  | 'SIGN_ERROR'
  | 'NO_AUTH'
  | 'RATELIMIT_EXCEEDED'
  | 'SYSTEM_ERROR';

/** One kind of refusal: the status, code and message of the response. */
export interface RefusalRow {
  readonly status: number;
  /** Of the table one of those that the contract lists; a row of a wrapper may have that of another service. */
  readonly code: ErrorCode | (string & {});
  /** The internal error code at the end of `Request-ID` (contract 3.3). */
  readonly number: number;
  /** `{name}` stands for one of the refusal's values. */
  readonly message: Text;
}

// `Request-ID` ends in the internal error code. Where the live service's is not known, ours are 268435462 and up (contract 3.3).
const ILLEGAL_PARAMETER = 268435461;
const PARAM_ERROR = { status: 400, code: 'PARAM_ERROR', number: ILLEGAL_PARAMETER } as const;
const INVALID_REQUEST = { status: 400, code: 'INVALID_REQUEST', number: 268435462 } as const;
const SIGN_ERROR = { status: 401, code: 'SIGN_ERROR', number: 268435463 } as const;
const RATELIMIT_EXCEEDED = { status: 429, code: 'RATELIMIT_EXCEEDED', number: 270924289 } as const;

/** Every refusal there is (contract 5), with the sentences of the live service where they were seen (contract 5.3, 5.5). */
export const refusals = {
  // Judged before the signature, in the order of the live service (contract 5.2).
  headersMissing: {
    ...INVALID_REQUEST,
    message: { 'zh-CN': 'Http头缺少Accept或User-Agent', en: 'HTTP header Accept or User-Agent is missing' },
  },
  authorizationMalformed: {
    ...SIGN_ERROR,
    message: {
      'zh-CN': 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》',
      en: 'The value of HTTP header Authorization is malformed; see the APIv3 signature rules',
    },
  },
  authorizationTypeUnknown: {
    ...SIGN_ERROR,
    message: {
      'zh-CN': 'HTTP头Authorization认证类型不正确',
      en: 'The authentication type in HTTP header Authorization is not the one of this endpoint',
    },
  },
  timestampSkewed: {
    ...SIGN_ERROR,
    message: {
      'zh-CN': 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟',
      en: 'The timestamp in HTTP header Authorization is more than 5 minutes from the time of the request',
    },
  },
  certificateUnknown: {
    ...SIGN_ERROR,
    message: {
      'zh-CN': '商户证书序列号有误。请使用签名私钥匹配的证书序列号',
      en: "The merchant certificate's serial number is wrong; use that of the certificate which belongs to the signing key",
    },
  },
  certificateExpired: {
    ...SIGN_ERROR,
    message: {
      'zh-CN': '商户证书已过期。请更换为有效期内的证书',
      en: 'The merchant certificate has expired; use one that is valid',
    },
  },
  certificateRevoked: {
    ...SIGN_ERROR,
    message: {
      'zh-CN': '商户证书已作废。请更换为有效的证书',
      en: 'The merchant certificate was revoked; use one that is valid',
    },
  },
  brandSerialMissing: {
    ...PARAM_ERROR,
    message: { 'zh-CN': 'Http头缺少Wechatpay-Serial', en: 'HTTP header Wechatpay-Serial is missing' },
  },
  // The signature.
  signatureWrong: {
    ...SIGN_ERROR,
    message: { 'zh-CN': '错误的签名，验签失败', en: 'The signature is wrong; verification failed' },
  },
  nonceReplayed: {
    ...SIGN_ERROR,
    message: {
      'zh-CN': '重复的请求，随机串和时间戳已被使用，请重新签名',
      en: 'This nonce and timestamp were used before; sign the request afresh',
    },
  },
  // Permission and rate.
  permissionMissing: {
    status: 403,
    code: 'NO_AUTH',
    number: 268579803,
    message: {
      'zh-CN': '缺少业务相关权限，请确认已开通商品券权限',
      en: 'The merchant has no permission for product coupons',
    },
  },
  rateExceeded: {
    ...RATELIMIT_EXCEEDED,
    message: {
      'zh-CN': '请求超过接口频率限制，请稍后使用原参数重试',
      en: 'Too many requests; try again later with the same parameters',
    },
  },
  serviceBusy: {
    ...RATELIMIT_EXCEEDED,
    message: {
      'zh-CN': '系统繁忙，请稍后使用原参数重试',
      en: 'The service is busy; try again later with the same parameters',
    },
  },
  // PARAM_ERROR where one parameter breaks its own rule (contract 5.11).
  bodyTooLarge: {
    status: 413,
    code: 'PARAM_ERROR',
    number: 270087680,
    message: { 'zh-CN': '请求体不能超过8M', en: 'The request body must not exceed 8 MiB' },
  },
  formMalformed: {
    ...PARAM_ERROR,
    message: {
      'zh-CN': '请求体不是有效的multipart/form-data',
      en: 'The request body is not valid multipart/form-data',
    },
  },
  partRepeated: {
    ...PARAM_ERROR,
    message: { 'zh-CN': '表单中“{part}”只能出现一次', en: 'Part "{part}" must stand only once in the form' },
  },
  metaMalformed: {
    ...PARAM_ERROR,
    message: { 'zh-CN': '输入源“/body/meta”不是有效的JSON对象', en: '/body/meta is not a valid JSON object' },
  },
  parameterMissing: {
    ...PARAM_ERROR,
    message: {
      'zh-CN': '输入源“{source}”映射到字段“{label}”必填性规则校验失败，此字段为必填项',
      en: '{source} is required',
    },
  },
  parameterTypeWrong: {
    ...PARAM_ERROR,
    message: {
      'zh-CN': '输入源“{source}”映射到字段“{label}”类型校验失败，此字段应为字符串',
      en: '{source} must be a string',
    },
  },
  filenameTooLong: {
    ...PARAM_ERROR,
    message: {
      'zh-CN':
        '输入源“/body/meta/filename”映射到字段“图片文件名”字符串规则校验失败，字符数 {count}，大于最大值 {limit}',
      en: 'The filename has {count} characters, more than {limit}',
    },
  },
  filenameWrong: {
    ...PARAM_ERROR,
    message: { 'zh-CN': '图片文件名称不正确，请检查后重新提交', en: 'The filename is not acceptable' },
  },
  fileEmpty: {
    ...PARAM_ERROR,
    message: { 'zh-CN': '文件为空，请检查后重新提交', en: 'The file is empty' },
  },
  fileTooLarge: {
    ...PARAM_ERROR,
    number: 270087680,
    message: { 'zh-CN': '文件大小不能超过2M，请检查后重新提交', en: 'The file must not exceed 2 MiB' },
  },
  imageKindUnknown: {
    ...PARAM_ERROR,
    message: {
      'zh-CN': '文件二进制内容不是图片，请检查后重新提交',
      en: "The file's bytes are not a JPG, PNG or BMP image",
    },
  },
  digestWrong: {
    ...PARAM_ERROR,
    message: {
      'zh-CN': '图片sha256值有误，请检查后重新提交',
      en: "sha256 in meta is not the digest of the file's bytes",
    },
  },
  // INVALID_REQUEST where each is well-formed and the image still cannot be used (contract 5.11).
  imageHeaderBroken: {
    ...INVALID_REQUEST,
    message: {
      'zh-CN': '传入参数不符合业务规则，图片文件头不完整',
      en: 'The image cannot be used: its header is damaged or cut short',
    },
  },
  imageSizeImpossible: {
    ...INVALID_REQUEST,
    message: {
      'zh-CN': '传入参数不符合业务规则，图片宽高必须在1到30000像素之间',
      en: 'The image cannot be used: width and height must lie between 1 and 30,000 pixels',
    },
  },
  imageColoursImpossible: {
    ...INVALID_REQUEST,
    message: {
      'zh-CN': '传入参数不符合业务规则，PNG文件头中的颜色类型与位深不能这样组合',
      en: 'The image cannot be used: its header combines a colour type and a depth that no PNG has',
    },
  },
  // A failure of the service itself.
  systemError: {
    status: 500,
    code: 'SYSTEM_ERROR',
    number: 268435464,
    message: { 'zh-CN': '系统异常，请稍后重试', en: 'System error; try again later' },
  },
} as const satisfies Record<string, RefusalRow>;

export type RefusalName = keyof typeof refusals;

/** Refusals before the signature of the request is verified, whose responses are therefore not signed (contract 3.5). */
export const unsignedRefusals: ReadonlySet<RefusalName> = new Set<RefusalName>([
  'headersMissing',
  'authorizationMalformed',
  'authorizationTypeUnknown',
  'timestampSkewed',
  'certificateUnknown',
  'certificateExpired',
  'certificateRevoked',
  'brandSerialMissing',
  'signatureWrong',
  'serviceBusy',
]);

/** The details of one refusal, beyond its row in the table. */
export interface RefusalContext {
  /** What stands for `{name}` in the message. */
  values?: TextValues;
  /** The body's `detail` (contract 5.1, 5.4). */
  detail?: Readonly<Record<string, unknown>>;
  /** Seconds, for `Retry-After` beside a 429 or a 503. */
  retryAfter?: number;
  cause?: unknown;
}

/** A refusal that the table lacks, since only what wraps the service gives it: a relay, in the words of its upstream or in its own. */
export interface WrapperRefusal extends RefusalRow {
  /** What logs and metrics call it: one of a few values, and none of the table. */
  readonly name: string;
}

/** Says that a request is refused and why. Any stage throws it; one place turns it into a response. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Its name in the table, or that of a {@link WrapperRefusal}. */
  readonly refusal: RefusalName | (string & {});
  readonly row: RefusalRow;
  readonly context: RefusalContext;

  constructor(refusal: RefusalName | WrapperRefusal, context: RefusalContext = {}) {
    const [name, row] = typeof refusal === 'string' ? [refusal, refusals[refusal]] : [refusal.name, refusal];
    super(refusalMessage(row, 'en', context.values), { cause: context.cause });
    this.refusal = name;
    this.row = row;
    this.context = context;
  }
}
knowInstances('@coupon-media/apiv3', { Refusal });

/** A refusal's body (contract 5.1). */
export interface RefusalBody {
  code: string;
  message: string;
  detail?: Readonly<Record<string, unknown>>;
}

/**
 * @returns the response body of a refusal
 * @example
 * ```ts
 * import { Refusal, refusalBody } from '@coupon-media/apiv3';
 *
 * const refusal = new Refusal('fileEmpty', { detail: { field: '/body/file', issue: 'no bytes' } });
 * console.log(refusalBody(refusal, 'en').code); // 'PARAM_ERROR'
 * ```
 */
export function refusalBody({ row, context }: Refusal, language: Language): RefusalBody {
  return {
    code: row.code,
    message: refusalMessage(row, language, context.values),
    ...(context.detail && { detail: { location: 'body', ...context.detail } }),
  };
}

/**
 * Chooses the language of a response: the known language of `Accept-Language` with the highest weight, else zh-CN. A regional
 * variant counts as its language: `en-US` is en, and zh-HK and zh-TW are zh-CN, as `Content-Language` then says (contract 5.8).
 *
 * @example
 * ```ts
 * import { responseLanguage } from '@coupon-media/apiv3';
 *
 * console.log(responseLanguage('de, en;q=0.5')); // 'en'
 * ```
 */
export function responseLanguage(acceptLanguage: string | undefined): Language {
  if (acceptLanguage === undefined) return 'zh-CN';
  const [first] = acceptLanguage
    .split(',')
    .map((range) => range.split(';', 2))
    .map(([tag = '', weight = 'q=1']) => ({
      language: LANGUAGES.get(tag.trim().toLowerCase().replace(/-.*/, '')),
      weight: Number(/^q=([0-9.]+)$/i.exec(weight.trim())?.[1] ?? 0),
    }))
    .filter(({ language, weight }) => language !== undefined && weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return first?.language ?? 'zh-CN';
}

/** By a tag's first part. */
const LANGUAGES: ReadonlyMap<string, Language> = new Map([
  ['en', 'en'],
  ['zh', 'zh-CN'],
]);

function refusalMessage({ message }: RefusalRow, language: Language, values: TextValues = {}): string {
  return fill(message[language], language, values);
}

/**
 * @returns whether a code is one of those that the contract lists (contract 1.5)
 * @example
 * ```ts
 * import { isErrorCode } from '@coupon-media/apiv3';
 *
 * console.log(isErrorCode('NO_AUTH')); // true
 * ```
 */
export function isErrorCode(code: string): code is ErrorCode {
  return CODES.has(code);
}

const CODES: ReadonlySet<string> = new Set(Object.values(refusals).map(({ code }) => code));

/**
 * @returns whether a refusal is one of the table
 * @example
 * ```ts
 * import { isRefusalName } from '@coupon-media/apiv3';
 *
 * console.log(isRefusalName('fileEmpty')); // true
 * ```
 */
export function isRefusalName(name: string): name is RefusalName {
  return Object.hasOwn(refusals, name);
}
