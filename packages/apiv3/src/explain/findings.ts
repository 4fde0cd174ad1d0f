import { filled, type Text, type TextValues } from '../text.js';

/** One mistake in a request, and how to correct it. */
export interface Finding {
  mistake: Mistake;
  /** Whether the evidence proves it. If not, it is the most likely cause that remains. */
  certain: boolean;
  /** What is wrong. */
  message: Text;
  /** What to do. */
  remedy: Text;
}

/** @returns the finding for a mistake, with `values` inserted into its texts */
export function finding(mistake: Mistake, certain: boolean, values: TextValues = {}): Finding {
  const { message, remedy }: MistakeTexts = mistakes[mistake];
  return { mistake, certain, message: filled(message, values), remedy: filled(remedy, values) };
}

interface MistakeTexts {
  readonly message: Text;
  readonly remedy: Text;
}

/** Every known mistake, in the order of the parts of a signature. */
export const mistakes = {
  // The Authorization header.
  authorizationMissing: {
    message: { 'zh-CN': '请求没有Authorization头', en: 'The request has no Authorization header' },
    remedy: {
      'zh-CN': '每次请求都要签名，并把签名放在Authorization头里；检查代理或HTTP库是否去掉了它',
      en: 'Sign every request and send the header; check whether a proxy or the HTTP library removes it',
    },
  },
  authorizationMalformed: {
    message: {
      'zh-CN': 'Authorization的格式不正确：{fields}缺失、重复或格式不符',
      en: 'Authorization is malformed: {fields} is missing, repeated or wrong',
    },
    remedy: {
      'zh-CN':
        '写成一行：认证类型、一个空格，然后是用逗号分隔、值用双引号括起的五个字段，每个字段一次；随机串只用字母和数字（UUID 去掉连字符）；签名用标准Base64，不换行',
      en: 'Write one line: the type, a space, then the five fields, each once, in double quotes, separated by commas; the nonce in letters and digits alone (a UUID without its hyphens), the signature in standard base64 without line breaks',
    },
  },
  schemeMixed: {
    message: {
      'zh-CN': '认证类型或身份字段与接口不符：此接口要求 {expected}',
      en: "The authentication type or the caller's field does not match this endpoint, which requires {expected}",
    },
    remedy: {
      'zh-CN':
        '/v3/ 接口用 WECHATPAY2-SHA256-RSA2048 和 mchid，/brand/ 接口用 WECHATPAY-BRAND-SHA256-RSA2048 和 brand_id，不能混用',
      en: 'Use WECHATPAY2-SHA256-RSA2048 with mchid under /v3/, and WECHATPAY-BRAND-SHA256-RSA2048 with brand_id under /brand/',
    },
  },
  // The certificate.
  serialDecimal: {
    message: {
      'zh-CN': 'serial_no 写成了十进制的证书序列号',
      en: 'serial_no is the serial number in decimal',
    },
    remedy: {
      'zh-CN': '使用十六进制的序列号：{expected}（openssl x509 -in apiclient_cert.pem -noout -serial）',
      en: 'Use it in hex: {expected} (openssl x509 -in apiclient_cert.pem -noout -serial)',
    },
  },
  platformCertificate: {
    message: {
      'zh-CN': '在商户API证书的位置使用了微信支付平台证书或微信支付公钥ID',
      en: "The platform's certificate, or the WeChat Pay public key's id, was given in place of the merchant's API certificate",
    },
    remedy: {
      'zh-CN':
        'serial_no 用商户API证书（apiclient_cert.pem）的序列号；平台证书和微信支付公钥只用于应答验签，其序列号或公钥 ID 放在 Wechatpay-Serial 头里',
      en: "Let serial_no be the serial of the merchant's API certificate (apiclient_cert.pem); the platform's certificate and public key verify responses, and their ids go into Wechatpay-Serial",
    },
  },
  serialOfAnotherCertificate: {
    message: {
      'zh-CN': 'serial_no 是 {given}，而所提供的商户证书的序列号是 {expected}',
      en: 'serial_no is {given}, but the serial of the given certificate is {expected}',
    },
    remedy: {
      'zh-CN': '使用与签名私钥匹配的证书序列号；更换证书后，序列号和私钥要一起更换',
      en: 'Use the serial of the certificate that belongs to the signing key; after a renewal of the certificate, change key and serial together',
    },
  },
  certificateOfAnotherMerchant: {
    message: {
      'zh-CN': '所提供的商户证书属于 {owner}，而请求中的商户是 {id}',
      en: 'The given certificate belongs to {owner}, but the caller of the request is {id}',
    },
    remedy: {
      'zh-CN': '使用该商户自己的API证书、私钥和商户号',
      en: 'Use the API certificate, private key and merchant id of one merchant',
    },
  },
  // The time.
  timestampInMilliseconds: {
    message: { 'zh-CN': 'timestamp 以毫秒为单位', en: 'The timestamp is in milliseconds' },
    remedy: {
      'zh-CN': '使用以秒为单位的Unix时间戳，共十位数字',
      en: 'Use Unix time in seconds: ten digits',
    },
  },
  clockOff: {
    message: {
      'zh-CN': '请求的时间戳与服务端时钟相差 {seconds} 秒，超过允许的300秒',
      en: 'The timestamp of the request is {seconds} seconds from the clock; 300 are allowed',
    },
    remedy: {
      'zh-CN': '用NTP校准本机时钟；每次发送（包括重试）都重新取时间并签名',
      en: 'Set the clock with NTP; take the time and sign again for every request, including retries',
    },
  },
  // The key.
  keyNotOfCertificate: {
    message: {
      'zh-CN': '签名私钥与商户证书 {serial} 不匹配',
      en: 'The private key that signed does not belong to the merchant certificate {serial}',
    },
    remedy: {
      'zh-CN': '使用与该证书一同生成的 apiclient_key.pem，或改用与私钥匹配的证书序列号',
      en: 'Use the apiclient_key.pem that came with this certificate, or the serial of the certificate that belongs to this key',
    },
  },
  keyWrong: {
    message: {
      'zh-CN': '签名不是用所提供的商户私钥生成的，或签名值已损坏',
      en: 'The signature was not made with the given key of the merchant, or it was damaged',
    },
    remedy: {
      'zh-CN': '检查程序加载的是哪个私钥文件，以及签名值的Base64在传递中是否被改动',
      en: 'Check which key file the program loads, and whether the base64 of the signature is changed on its way',
    },
  },
  algorithmWrong: {
    message: {
      'zh-CN': '签名算法是 {algorithm}，不是 SHA256 with RSA（PKCS#1 v1.5）',
      en: 'The signature was made with {algorithm}, not SHA-256 with RSA (PKCS#1 v1.5)',
    },
    remedy: {
      'zh-CN': '使用 SHA256withRSA（openssl dgst -sha256 -sign）',
      en: 'Use SHA256withRSA (openssl dgst -sha256 -sign)',
    },
  },
  // What the service received.
  metaNotFound: {
    message: {
      'zh-CN': '服务端在请求体里没有找到名为 meta 的部分，于是按空的请求体验签{why}',
      en: 'The service found no part named meta in the body, and verified an empty body{why}',
    },
    remedy: { 'zh-CN': '解决办法：{cure}', en: '{cure}' },
  },
  partEncoded: {
    message: {
      'zh-CN': '{name} 部分以 {encoding} 编码发送，而服务端按原始字节使用它',
      en: 'The part {name} is sent in {encoding}, and the service takes its bytes as they are',
    },
    remedy: {
      'zh-CN': '发送原始字节：去掉 Content-Transfer-Encoding，或设为 8bit（meta）和 binary（file）',
      en: 'Send the raw bytes: without Content-Transfer-Encoding, or with 8bit for meta and binary for file',
    },
  },
  metaNotUtf8: {
    message: {
      'zh-CN': 'meta 的字节不是 UTF-8（可能是 GBK 或 Latin-1）',
      en: 'The bytes of meta are not UTF-8 (GBK or Latin-1, perhaps)',
    },
    remedy: {
      'zh-CN':
        '签名和发送都用 UTF-8：Java 用 getBytes(StandardCharsets.UTF_8)，Perl 先 encode_utf8，Apache HttpClient 用 ContentType.APPLICATION_JSON',
      en: 'Sign and send UTF-8: getBytes(StandardCharsets.UTF_8) in Java, encode_utf8 first in Perl, ContentType.APPLICATION_JSON with Apache HttpClient',
    },
  },
  bodyLengthDiffers: {
    message: {
      'zh-CN': '服务端验签所用的请求体为 {seen} 字节，此处提供的为 {own} 字节',
      en: 'The body that the service verified has {seen} bytes; the given one has {own}',
    },
    remedy: {
      'zh-CN': '只序列化一次，把同一个字符串既用于签名又用于发送',
      en: 'Serialise once, and both sign and send this string',
    },
  },
  urlRewritten: {
    message: {
      'zh-CN': '服务端收到的URL是 {seen}，与发送时的 {own} 不同',
      en: 'The service received the URL {seen}, not {own} as sent',
    },
    remedy: {
      'zh-CN': '检查HTTP库、网关或代理是否改写了路径或查询串；签名必须使用服务端最终收到的形式',
      en: 'Check whether the HTTP library, a gateway or a proxy rewrites path or query; sign the form that arrives',
    },
  },
  // The five lines.
  methodDiffers: {
    message: {
      'zh-CN': '签名串第一行是“{signed}”，请求的方法是 {expected}',
      en: 'The first signed line is "{signed}", but the method of the request is {expected}',
    },
    remedy: {
      'zh-CN': '第一行使用实际请求的HTTP方法，大写',
      en: 'Use the HTTP method as sent, in upper case, for the first line',
    },
  },
  hostInUrl: {
    message: {
      'zh-CN': '签名串的第二行带上了域名：{signed}',
      en: 'The second signed line contains the host: {signed}',
    },
    remedy: {
      'zh-CN': '第二行只用路径和查询串：{expected}',
      en: 'Use only path and query for the second line: {expected}',
    },
  },
  queryLost: {
    message: {
      'zh-CN': '签名串的第二行缺少查询串：{signed}',
      en: 'The second signed line lacks the query: {signed}',
    },
    remedy: {
      'zh-CN': '第二行要带上“?”和查询串，与发送的完全一致：{expected}',
      en: 'Append "?" and the query exactly as sent to the second line: {expected}',
    },
  },
  urlDiffers: {
    message: {
      'zh-CN': '签名串的第二行是 {signed}，实际请求的是 {expected}',
      en: 'The second signed line is {signed}, but {expected} was requested',
    },
    remedy: {
      'zh-CN': '第二行使用实际发送的路径和查询串，编码、斜杠都要一致',
      en: 'Use path and query as sent for the second line, with the same escapes and slashes',
    },
  },
  timestampDiffers: {
    message: {
      'zh-CN': '签名串里的时间戳是 {signed}，Authorization 里的是 {expected}',
      en: 'The signed timestamp is {signed}, but the one in Authorization is {expected}',
    },
    remedy: {
      'zh-CN': '时间戳只取一次，签名串和Authorization用同一个值',
      en: 'Read the clock once, and use this value in the string and in the header',
    },
  },
  nonceDiffers: {
    message: {
      'zh-CN': '签名串里的随机串与 Authorization 里的 {expected} 不同',
      en: 'The signed nonce is not {expected}, the one in Authorization',
    },
    remedy: {
      'zh-CN': '随机串只生成一次，签名串和Authorization用同一个值',
      en: 'Make the nonce once, and use this value in the string and in the header',
    },
  },
  emptyBodySigned: {
    message: {
      'zh-CN': '签名时请求体为空，而实际请求带有请求体',
      en: 'An empty body was signed, but the request has a body',
    },
    remedy: {
      'zh-CN': '上传图片时对 meta 部分的JSON原文签名，其他请求对请求体原文签名；只有没有请求体时第五行才为空',
      en: 'Sign the text of the meta part of an upload, or the body of any other request; the fifth line is empty only if there is no body',
    },
  },
  wholeBodySigned: {
    message: {
      'zh-CN': '对整个 multipart 请求体做了签名',
      en: 'The whole multipart body was signed',
    },
    remedy: {
      'zh-CN': '上传图片时只对 meta 部分的JSON原文签名',
      en: 'For an upload, sign only the text of the meta part',
    },
  },
  fileSigned: {
    message: { 'zh-CN': '对图片文件的内容做了签名', en: "The file's bytes were signed" },
    remedy: {
      'zh-CN': '上传图片时只对 meta 部分的JSON原文签名',
      en: 'For an upload, sign only the text of the meta part',
    },
  },
  metaReserialised: {
    message: {
      'zh-CN': 'meta 被序列化了两次：签名的是 {signed}，发送的是 {expected}',
      en: 'meta was serialised twice: {signed} was signed, {expected} was sent',
    },
    remedy: {
      'zh-CN': '只序列化一次，把同一个字符串既用于签名又用于发送；不要让HTTP库替你转换JSON',
      en: 'Serialise once, and both sign and send this string; do not let an HTTP library convert an object to JSON',
    },
  },
  bodyReserialised: {
    message: {
      'zh-CN': '请求体被序列化了两次：签名的是 {signed}，发送的是 {expected}',
      en: 'The body was serialised twice: {signed} was signed, {expected} was sent',
    },
    remedy: {
      'zh-CN': '只序列化一次，把同一个字符串既用于签名又用于发送；不要让HTTP库替你转换JSON',
      en: 'Serialise once, and both sign and send this string; do not let an HTTP library convert an object to JSON',
    },
  },
  charsetDiffers: {
    message: {
      'zh-CN': '签名和发送用了不同的字符编码：签名的是 {signed}，发送的是 {expected}',
      en: 'The signed text and the sent one are in different encodings: {signed} was signed, {expected} was sent',
    },
    remedy: {
      'zh-CN':
        '签名和发送都用 UTF-8；Apache HttpClient：new StringBody(json, ContentType.APPLICATION_JSON)；Java：getBytes(StandardCharsets.UTF_8)',
      en: 'Sign and send UTF-8; Apache HttpClient: new StringBody(json, ContentType.APPLICATION_JSON); Java: getBytes(StandardCharsets.UTF_8)',
    },
  },
  questionMarks: {
    message: {
      'zh-CN': '发送的 filename 里有问号：HTTP 库很可能用它默认的编码发送了 meta，写不出的汉字成了 ?',
      en: 'The sent filename has question marks: the HTTP library seems to have sent meta in its default encoding, where ? stands for what this lacks',
    },
    remedy: {
      'zh-CN':
        'Apache HttpClient：new StringBody(json, ContentType.APPLICATION_JSON)；其他库为 meta 部分指定 UTF-8',
      en: 'Apache HttpClient: new StringBody(json, ContentType.APPLICATION_JSON); with other libraries, set UTF-8 for the part meta',
    },
  },
  bodyDiffers: {
    message: {
      'zh-CN': '签名的内容与发送的内容不同',
      en: 'The signed body is not the one that was sent',
    },
    remedy: {
      'zh-CN': '签名之后不要再改动 meta 或请求体；比较签名用的字符串和发送的字节，注意编码必须是UTF-8',
      en: 'Do not change meta or the body after signing; compare the signed string with the sent bytes, which must be UTF-8',
    },
  },
  bodySignedWhereNone: {
    message: {
      'zh-CN': '请求没有请求体，签名串的第五行却是“{signed}”',
      en: 'The request has no body, but the fifth signed line is "{signed}"',
    },
    remedy: {
      'zh-CN': '没有请求体时第五行为空，只留换行符',
      en: 'Leave the fifth line empty if there is no body: it has only its line feed',
    },
  },
  lastLineFeedMissing: {
    message: {
      'zh-CN': '签名串最后一行缺少换行符',
      en: 'The last signed line lacks its line feed',
    },
    remedy: {
      'zh-CN': '五行都以 \\n 结束，最后一行也不例外',
      en: 'End each of the five lines with \\n, including the last',
    },
  },
  lineFeedsWrong: {
    message: {
      'zh-CN': '签名串各行没有以单个换行符（LF）结束',
      en: 'The signed lines do not end in one line feed (LF) each',
    },
    remedy: {
      'zh-CN': '每行以一个字节 0x0A 结束：不是 \\r\\n，不是反斜杠加字母 n，也不能多或少',
      en: 'End each line with the one byte 0x0A: not \\r\\n, not a backslash and an n, no more and no fewer',
    },
  },
  lineOrderWrong: {
    message: {
      'zh-CN': '签名串的行序不对：时间戳和随机串颠倒了',
      en: 'The signed lines are out of order: nonce before timestamp',
    },
    remedy: {
      'zh-CN': '顺序是：请求方法、URL、时间戳、随机串、请求体',
      en: 'The order is method, URL, timestamp, nonce, body',
    },
  },
  keyNotOfSerial: {
    message: {
      'zh-CN': '商户私钥与序列号为 {serial} 的证书不匹配：签名由该私钥正确生成，服务端却无法用该证书验签',
      en: 'The private key and the certificate of serial {serial} are no pair: this key signed correctly, but the service could not verify it with that certificate',
    },
    remedy: {
      'zh-CN':
        '两条命令的输出应相同：openssl x509 -in apiclient_cert.pem -noout -pubkey 与 openssl pkey -in apiclient_key.pem -pubout；序列号用 openssl x509 -in apiclient_cert.pem -noout -serial 查看，或只提供 certificate',
      en: 'These two must print the same: openssl x509 -in apiclient_cert.pem -noout -pubkey, and openssl pkey -in apiclient_key.pem -pubout; openssl x509 -in apiclient_cert.pem -noout -serial shows the serial, or give certificate alone',
    },
  },
  // The signature is right, and something else is not.
  headersMissing: {
    message: {
      'zh-CN': '请求缺少 {names} 头，服务端在验签之前就会拒绝',
      en: 'The request lacks {names}, and is refused for that before its signature is looked at',
    },
    remedy: {
      'zh-CN': '发送 Accept: application/json 和 User-Agent；品牌接口还要有 Wechatpay-Serial',
      en: 'Send Accept: application/json and a User-Agent; brands also send Wechatpay-Serial',
    },
  },
  refusedOtherwise: {
    message: {
      'zh-CN': '签名正确，但服务端会因为其他原因拒绝：{why}{because}',
      en: 'The signature is right, but the service refuses the request for another reason: {why}{because}',
    },
    remedy: { 'zh-CN': '解决办法：{cure}', en: '{cure}' },
  },
  // No mistake.
  signatureRight: {
    message: {
      'zh-CN': '签名本身正确：确由所提供的密钥对该请求签名',
      en: 'The signature is right: the given key made it over this request',
    },
    remedy: {
      'zh-CN': '检查证书是否已过期、作废或不属于这个商户号，请求是否被重复发送，以及服务端时钟',
      en: "Check whether the certificate has expired, was revoked or belongs to another merchant, whether the request was sent twice, and the service's clock",
    },
  },
} as const satisfies Record<string, MistakeTexts>;

export type Mistake = keyof typeof mistakes;
