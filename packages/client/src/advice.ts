import {
  type ErrorCode,
  type MessageFault,
  type RefusalName,
  type ResponseFault,
  refusals,
  type Text,
} from '@coupon-media/apiv3';
import {
  ApiError,
  type ClientError,
  type ClientErrorCode,
  ForgedResponseError,
  ImageError,
  NetworkError,
  NotificationError,
  type Phase,
  SigningError,
  type SigningFault,
  TimeoutError,
} from './errors.js';

export interface Advice {
  /** What the error means. */
  meaning: Text;
  /** What to do now. */
  remedy: Text;
}

/**
 * Says what an error means and what to do, in Chinese and English. It is for people; `code` is for programs.
 *
 * A refusal is looked up by the mistake found in the request, by its sentence, its internal number (contract 3.3), its code and
 * its status, in this order.
 *
 * @example
 * ```ts
 * import { adviceOn, ClientError, type Client } from '@coupon-media/client';
 *
 * export async function upload(client: Client, path: string): Promise<string | undefined> {
 *   try {
 *     return (await client.uploadImage(path)).imageUrl;
 *   } catch (error) {
 *     if (!(error instanceof ClientError)) throw error;
 *     const { meaning, remedy } = adviceOn(error);
 *     console.error(`${error.code}: ${meaning['zh-CN']} ${remedy['zh-CN']}`);
 *     return undefined;
 *   }
 * }
 * ```
 */
export function adviceOn(error: ClientError): Advice {
  if (error instanceof ApiError) return refusalAdvice(error);
  if (error instanceof ImageError) return namedRefusal(error.refusal);
  if (error instanceof ForgedResponseError) return FAULTS[error.fault];
  if (error instanceof NotificationError) return FAULTS[error.fault];
  if (error instanceof SigningError)
    return { meaning: SIGNING.meaning, remedy: SIGNING.remedies[error.fault] };
  if (error instanceof TimeoutError) return PHASES[error.phase];
  if (error instanceof NetworkError && error.proxy) return { meaning: error.texts, remedy: PROXY };
  return OWN[error.code as keyof typeof OWN];
}

function refusalAdvice(error: ApiError): Advice {
  if (error.fromGateway) return gatewayAdvice(error);
  const { message, number, code, status, findings } = error;
  const name = refusalSaying(message) ?? NUMBERS.get(number ?? 0);
  const found = findings.find(({ certain }) => certain);
  // The finding that the signature is right tells more than the refusal "signature wrong", and less than any other refusal.
  const isFiner = found?.mistake !== 'signatureRight' || name === undefined || name === 'signatureWrong';
  if (found && isFiner) return { meaning: found.message, remedy: found.remedy };
  if (name) return namedRefusal(name);
  return CODES[code as ErrorCode] ?? STATUSES[status] ?? (status >= 500 ? CODES.SYSTEM_ERROR : UNKNOWN);
}

function namedRefusal(name: RefusalName): Advice {
  const { message } = refusals[name];
  return { meaning: { 'zh-CN': bare(message['zh-CN']), en: bare(message.en) }, remedy: REMEDIES[name] };
}

/** Replaces the placeholders of a message by an ellipsis. */
function bare(message: string): string {
  return message.replace(/\{\w+\}/g, '…');
}

/** After the full stop, the live service words some of them differently (contract 5.3). */
function refusalSaying(message: string): RefusalName | undefined {
  const [sentence] = message.split('。', 1);
  if (!sentence) return undefined;
  return (Object.keys(refusals) as RefusalName[]).find((name) =>
    Object.values(refusals[name].message).some((known) => known.split('。', 1)[0] === sentence),
  );
}

/** Internal numbers that name one refusal (contract 3.3). */
const NUMBERS: ReadonlyMap<number, RefusalName> = new Map([
  [270087680, 'fileTooLarge'],
  [270924289, 'rateExceeded'],
  [268579803, 'permissionMissing'],
]);

const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, en });

const CLOCK = text('校准本机时钟（NTP）。', "Set this machine's clock (NTP).");
const RENAME = text(
  '传入 filename：以 .jpg、.jpeg、.png 或 .bmp 结尾，不含控制字符和表情符号，长度不超过接口限制。',
  "Pass filename: ending in .jpg, .jpeg, .png or .bmp, without control characters and emoji, within the endpoint's length.",
);
const OTHER_IMAGE = text(
  '换一张 JPG、PNG 或 BMP 图片，或重新导出后再上传。',
  'Use another JPG, PNG or BMP image, or export this one again.',
);
const SMALLER = text(
  '将图片压缩或缩小到 2 MiB（2,097,152 字节）以内。',
  'Compress or shrink the image to 2 MiB (2,097,152 bytes) or less.',
);
const OWN_FORM = text(
  '请求在传输中被改动，或不是由本客户端发送；请检查代理。',
  'The request was altered on its way, or was not sent by this client; check proxies.',
);
const CERTIFICATE = text(
  '在商户平台“API安全”核对证书：certificateSerialNo（十六进制）应为与 privateKey 匹配的商户 API 证书的序列号，而不是平台证书的。',
  'Compare with merchant admin, API security: certificateSerialNo (hex) must be that of the merchant API certificate ' +
    "which belongs to privateKey, not of the platform's certificate.",
);
const LATER = text(
  '稍后用相同参数重试；客户端已按 1、2、4 秒重试过。',
  'Try again later with the same parameters; the client retried after 1, 2 and 4 s.',
);
const SLOWER = text(
  '降低频率：设置 limit.perSecond；同一服务商的所有品牌共用频率限制，请共用一个限流器。',
  'Slow down: set limit.perSecond; all brands of a provider share one quota, so share one limiter.',
);

/** The remedy for every refusal of apiv3's table. */
const REMEDIES: Readonly<Record<RefusalName, Text>> = {
  headersMissing: OWN_FORM,
  authorizationMalformed: OWN_FORM,
  authorizationTypeUnknown: text(
    '商户接口（/v3/…）用 mchid，品牌接口（/brand/…）用 brandId 创建客户端，不可混用。',
    'Make the client with mchid for /v3/… endpoints and with brandId for /brand/… ones; never mix them.',
  ),
  timestampSkewed: CLOCK,
  certificateUnknown: CERTIFICATE,
  certificateExpired: text(
    '在商户平台申请新的 API 证书，替换 privateKey 和 certificateSerialNo。',
    'Request a new API certificate in merchant admin; replace privateKey and certificateSerialNo.',
  ),
  certificateRevoked: CERTIFICATE,
  brandSerialMissing: text(
    '提供 wechatPayPublicKeys，使请求带上 Wechatpay-Serial。',
    'Give wechatPayPublicKeys, so that requests carry Wechatpay-Serial.',
  ),
  signatureWrong: text(
    '核对 privateKey、certificateSerialNo 与 mchid 是否属于同一张证书；用 coupon-media explain 找出签名串的差异。提供 certificate 后，客户端会自己核对。',
    'Check that privateKey, certificateSerialNo and mchid belong to one certificate; coupon-media explain finds ' +
      'where the signed text differs. With the option certificate, the client compares them itself.',
  ),
  nonceReplayed: text(
    '每次请求都重新签名；检查是否有代理在重放请求。',
    'Sign every request again; check whether a proxy repeats requests.',
  ),
  permissionMissing: text(
    '在商户平台为该商户号开通商品券权限。',
    'Have the product coupon permission enabled for this merchant in merchant admin.',
  ),
  rateExceeded: SLOWER,
  serviceBusy: LATER,
  bodyTooLarge: SMALLER,
  formMalformed: OWN_FORM,
  partRepeated: OWN_FORM,
  metaMalformed: OWN_FORM,
  parameterMissing: OWN_FORM,
  parameterTypeWrong: OWN_FORM,
  filenameTooLong: RENAME,
  filenameWrong: RENAME,
  fileEmpty: text('检查文件是否已写完。', 'Check whether the file was written completely.'),
  fileTooLarge: SMALLER,
  imageKindUnknown: OTHER_IMAGE,
  digestWrong: text(
    '上传期间不要改动传入的字节；检查代理。',
    'Do not change the bytes while they are uploaded; check proxies.',
  ),
  imageHeaderBroken: OTHER_IMAGE,
  imageSizeImpossible: OTHER_IMAGE,
  imageColoursImpossible: OTHER_IMAGE,
  systemError: LATER,
};

const CODES: Readonly<Record<ErrorCode, Advice>> = {
  PARAM_ERROR: {
    meaning: text('参数错误', 'A parameter breaks its rule'),
    remedy: text('按 message 和 detail 指出的字段修正。', 'Correct the field that message and detail name.'),
  },
  INVALID_REQUEST: {
    meaning: text(
      '请求不符合接口规则或业务规则',
      "The request breaks the interface's rules or the business's",
    ),
    remedy: text(
      '对照接口文档检查各字段及其组合。',
      "Compare the fields and their combination with the endpoint's page.",
    ),
  },
  SIGN_ERROR: {
    meaning: text('验签不通过', 'The signature or what belongs to it was refused'),
    remedy: REMEDIES.signatureWrong,
  },
  NO_AUTH: {
    meaning: text('缺少业务相关权限', 'The merchant lacks a permission'),
    remedy: REMEDIES.permissionMissing,
  },
  RATELIMIT_EXCEEDED: {
    meaning: text('请求超过接口频率限制', 'Too many requests'),
    remedy: SLOWER,
  },
  SYSTEM_ERROR: { meaning: text('系统异常', 'The service failed'), remedy: LATER },
};

/** The advice by status, for responses without a known code. */
const STATUSES: Readonly<Record<number, Advice>> = {
  404: {
    meaning: text('没有这个接口', 'There is no such endpoint'),
    remedy: text('检查 path、hosts 或 baseUrl。', 'Check path, hosts or baseUrl.'),
  },
  405: {
    meaning: text('接口不支持该请求方法', 'The endpoint does not take this method'),
    remedy: text('对照接口文档检查 method。', "Compare method with the endpoint's page."),
  },
  407: {
    meaning: text('代理要求认证', 'The proxy asks for authentication'),
    remedy: text('在代理地址中写入用户名和密码。', "Write user and password into the proxy's URL."),
  },
  413: { meaning: text('请求体过大', 'The body is too large'), remedy: SMALLER },
  // The code beside 429 differs between endpoints: the status decides (contract 5.9).
  429: CODES.RATELIMIT_EXCEEDED,
};

const UNKNOWN: Advice = {
  meaning: text('服务端拒绝了请求，原因未知', 'The service refused, for an unknown reason'),
  remedy: text(
    '查看 message、detail 和 rawBody；联系微信支付时附上 requestId。',
    'See message, detail and rawBody; give requestId when asking WeChat Pay.',
  ),
};

const FAULTS: Readonly<Record<ResponseFault | MessageFault, Advice>> = {
  unsigned: {
    meaning: text('没有签名，可能不是微信支付发出的', 'It has no signature, and may not be from WeChat Pay'),
    remedy: text(
      '不要使用其内容；请检查 hosts、代理或网络的登录页是否把请求转到了别处。',
      "Use nothing of it; check whether hosts, a proxy or a network's login page lead elsewhere.",
    ),
  },
  stale: {
    meaning: text(
      '时间戳与本机时钟相差 300 秒以上',
      "Its timestamp is 300 s or more from this machine's clock",
    ),
    remedy: CLOCK,
  },
  unknownKey: {
    meaning: text('由未知的密钥签名', 'It was signed with an unknown key'),
    remedy: text(
      '把商户平台显示的微信支付公钥加入 wechatPayPublicKeys；平台证书模式提供 apiV3Key。',
      'Add the WeChat Pay public key shown in merchant admin to wechatPayPublicKeys; in certificate mode give apiV3Key.',
    ),
  },
  signatureWrong: {
    meaning: text('验签不通过，内容不可信', 'Its signature is wrong, so it cannot be trusted'),
    remedy: text(
      '不要使用其内容，可以重新上传。频繁出现时，请核对公钥 ID 与公钥文件是否对应，并检查代理是否改动了应答。',
      'Use nothing of it; uploading again is safe. If it recurs, check that each public key id has its own file, and ' +
        'whether a proxy alters responses.',
    ),
  },
  malformed: {
    meaning: text('内容不符合规定的格式', 'It does not have the form that the rules describe'),
    remedy: text(
      '不要使用其内容；核对是否传入了原始报文。',
      'Use nothing of it; check that the raw body was passed.',
    ),
  },
  undecipherable: {
    meaning: text('无法用 APIv3 密钥解密', 'The APIv3 key does not decrypt it'),
    remedy: text(
      '核对 apiV3Key 与商户平台上设置的是否一致。',
      'Compare apiV3Key with the one set in merchant admin.',
    ),
  },
};

const PROXY = text(
  '修正代理地址，或用 NO_PROXY（或 proxy: false）不经代理直连。',
  'Correct the address of the proxy, or go past it by NO_PROXY or proxy: false.',
);

const PHASES: Readonly<Record<Phase, Advice>> = {
  connect: {
    meaning: text('未能在时限内建立连接', 'No connection was made in time'),
    remedy: text('检查网络、防火墙和代理。', 'Check the network, firewalls and proxies.'),
  },
  send: {
    meaning: text('未能在时限内发送完请求', 'The request could not be sent in time'),
    remedy: text('上行太慢时增大 deadlines.send。', 'Raise deadlines.send where the line is slow.'),
  },
  response: {
    meaning: text(
      '未在时限内收到完整应答；请求可能已被处理',
      'No complete response came in time; the request may have been processed',
    ),
    remedy: text(
      '可以重新上传；其他接口请先查询结果再重试。',
      'Uploading again is safe; with other endpoints, query the result first.',
    ),
  },
  total: {
    meaning: text(
      '在总时限内（含重试）没有收到应答；请求可能已被处理',
      'No response came in the time for the whole call; the request may have been processed',
    ),
    remedy: text(
      '可以重新上传；需要等更久时增大 deadlines.total。',
      'Uploading again is safe; raise deadlines.total to wait longer.',
    ),
  },
};

/** What a proxy or gateway between means by its status, since it, and not the service, responded. */
const GATEWAYS: Readonly<Record<number, Text>> = {
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].map((status) => [
      status,
      text(
        '检查 baseUrl 或 hosts 的协议和域名（应为 https）；公共网络请先在浏览器中完成登录。',
        'Check protocol and host of baseUrl or hosts (https, as a rule); on a public network, log in with a browser first.',
      ),
    ]),
  ),
  400: text(
    '检查 baseUrl 的协议和端口：代理没有看懂请求（例如向 HTTPS 端口发送了 HTTP）。',
    'Check protocol and port of baseUrl: the proxy did not understand the request (HTTP sent to an HTTPS port, for example).',
  ),
  403: text(
    '请网络或网关的管理员放行该接口：是防火墙、WAF 或访问策略拒绝的，与商户权限无关。',
    "Have the network's or gateway's administrator allow this endpoint: a firewall, a WAF or a policy refused, not the merchant's permission.",
  ),
  404: text(
    '检查 baseUrl 或 hosts，以及网关是否把 /v3/ 和 /brand/ 转发到该服务。',
    'Check baseUrl or hosts, and whether the gateway forwards /v3/ and /brand/ to the service.',
  ),
  408: text(
    '上行太慢，代理不再等待：nginx 增大 client_body_timeout，HAProxy 增大 timeout http-request 和 timeout client。',
    'The line is slow, and the proxy waits no longer: raise client_body_timeout of nginx, or timeout http-request and timeout client of HAProxy.',
  ),
  411: text(
    '代理要求 Content-Length：关闭它前面把请求改成分块的环节。',
    'The proxy wants Content-Length: switch off what turns the request into chunks before it.',
  ),
  413: text(
    '调大代理的请求体上限，而不是压缩图片：nginx 设置 client_max_body_size 8m（默认只有 1m），其他网关类似。',
    "Raise the proxy's limit of bodies, do not shrink the image: client_max_body_size 8m with nginx (its default is 1m); other gateways have the like.",
  ),
  414: text('调大代理的 URL 长度上限。', "Raise the proxy's limit of URLs."),
  417: text('让代理放行 Expect: 100-continue。', 'Let the proxy pass Expect: 100-continue.'),
  429: text(
    '网关自己的频率限制（如 nginx limit_req）：降低 limit.perSecond，或请其管理员调高。',
    "The gateway's own rate limit (nginx limit_req, for example): lower limit.perSecond, or have its administrator raise it.",
  ),
  431: text(
    '调大代理的请求头上限：nginx large_client_header_buffers 4 16k。',
    "Raise the proxy's limit of headers: large_client_header_buffers 4 16k with nginx.",
  ),
  511: text('请先在浏览器中完成网络登录。', "Log in to the network's own page with a browser first."),
};

const GATEWAY_FAILED = text(
  '代理连不上后面的服务，客户端已重试过：检查代理的上游地址、超时和服务是否在运行。',
  'The proxy could not reach the service behind it, and the client retried: check its upstream and timeouts, and whether the service runs.',
);
const GATEWAY = text(
  '检查两端之间的代理、网关和防火墙。',
  'Check the proxies, gateways and firewalls between.',
);

function gatewayAdvice({ status, texts }: ApiError): Advice {
  return { meaning: texts, remedy: GATEWAYS[status] ?? (status >= 500 ? GATEWAY_FAILED : GATEWAY) };
}

/** The advice for a signature that a Signer did not give. */
const SIGNING = {
  meaning: text('签名失败，未发送任何内容', 'The signer failed; nothing was sent'),
  remedies: {
    failed: text('检查 KMS 或 HSM；原因见 cause。', 'Check the KMS or HSM; see cause.'),
    late: text(
      '检查 KMS 或 HSM 及其网络是否过慢；确需更久时调大 deadlines.total。',
      'See why the KMS or HSM, or the network to it, is slow; raise deadlines.total if it needs longer.',
    ),
    unusable: text(
      'sign() 应返回 RSASSA-PKCS1-v1_5（SHA-256）签名的 base64，单行；请修改 Signer。',
      'sign() must return the RSASSA-PKCS1-v1_5 signature with SHA-256, in base64 on one line; correct the Signer.',
    ),
    wrongKey: text(
      '让 Signer 使用与 certificate 一同申请的那把密钥；更换证书时，密钥（KMS 别名、HSM 中的标签或 ID）也要一并更换。',
      'Let the Signer use the key that came with certificate; when a certificate is changed, so is its key (the alias in a KMS, the label or id in an HSM).',
    ),
  } satisfies Record<SigningFault, Text>,
};

/** The advice for the client's own codes that no other table covers. */
const OWN: Readonly<
  Record<
    Exclude<
      ClientErrorCode,
      'IMAGE_INVALID' | 'RESPONSE_FORGED' | 'TIMED_OUT' | 'NOTIFICATION_UNTRUSTED' | 'SIGNING_FAILED'
    >,
    Advice
  >
> = {
  OPTION_INVALID: {
    meaning: text('选项或参数有误，未发送任何内容', 'An option or argument is not usable; nothing was sent'),
    remedy: text(
      '请按 message 的提示修改 option 指明的选项。',
      'Change the option that the error names, as its message says.',
    ),
  },
  SOURCE_UNREADABLE: {
    meaning: text('无法读取图片，未发送任何内容', 'The image could not be read; nothing was sent'),
    remedy: text(
      '检查路径和权限，或流的来源。',
      "Check the path and its permissions, or the stream's origin.",
    ),
  },
  NETWORK_FAILED: {
    meaning: text('连接失败或中断', 'The connection failed or broke'),
    remedy: text(
      '检查网络、DNS、代理和 TLS 证书；原因见 cause。',
      'Check network, DNS, proxies and TLS certificates; see cause.',
    ),
  },
  ABORTED: {
    meaning: text('已被调用方取消', 'Cancelled by the caller'),
    remedy: text('需要时可以重新上传，重复上传没有副作用。', 'Upload again if needed; that is safe.'),
  },
  RESPONSE_MALFORMED: {
    meaning: text('应答验签通过，但缺少必需的字段', 'The response is genuine but incomplete'),
    remedy: text('联系微信支付，附上 requestId。', 'Ask WeChat Pay, giving requestId.'),
  },
  FIELD_UNREADABLE: {
    meaning: text('敏感字段无法加密或解密', 'A sensitive field cannot be encrypted or decrypted'),
    remedy: text(
      '加密的内容不超过 214 字节；解密请用该字段加密时所用证书对应的私钥。',
      'Encrypt at most 214 bytes; decrypt with the private key of the certificate that the field is for.',
    ),
  },
};
