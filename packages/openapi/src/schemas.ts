import { filenameRules, refusals, schemes, sha256Form, type Text } from '@coupon-media/apiv3';

/** The schema of meta, from the rules by which apiv3 reads it. */
export function metaSchema(filenameLimit: number) {
  return {
    type: 'object',
    required: ['filename', 'sha256'],
    properties: {
      filename: {
        type: 'string',
        minLength: 1,
        maxLength: filenameLimit,
        allOf: filenameRules.map(([{ source }, issue]) => ({ not: { pattern: source, description: issue } })),
        description: {
          'zh-CN': `不超过 ${filenameLimit} 个字符，以 .jpg、.jpeg、.png 或 .bmp 结尾。`,
          en: `At most ${filenameLimit} characters, ending in .jpg, .jpeg, .png or .bmp.`,
        },
        examples: ['header.jpg'],
      },
      sha256: {
        type: 'string',
        pattern: sha256Form.source,
        description: {
          'zh-CN': '文件内容的 SHA-256，64 位十六进制数。',
          en: "SHA-256 of the file's bytes: 64 hex digits.",
        },
        examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      },
    },
  };
}

/** The body of a refusal (contract 5.1). */
export const refusalSchema = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', enum: [...new Set(Object.values(refusals).map(({ code }) => code))] },
    message: {
      type: 'string',
      description: { 'zh-CN': '语言见 Content-Language。', en: 'In the language of Content-Language.' },
    },
    detail: {
      type: 'object',
      description: {
        'zh-CN': '出错的具体位置（如果能确定）。',
        en: 'What broke the rule, if that is known.',
      },
      properties: {
        location: {
          type: 'string',
          description: { 'zh-CN': 'body、header 或 authorization。', en: 'body, header or authorization.' },
        },
        field: { type: 'string' },
        value: { description: { 'zh-CN': '收到的值。', en: 'As sent.' } },
        issue: { type: 'string' },
        sign_information: {
          type: 'object',
          description: {
            'zh-CN': '服务端验签所用的签名串，可与签名时的对照。',
            en: 'The string that was verified, for comparison with the one that was signed.',
          },
          properties: {
            method: { type: 'string' },
            url: { type: 'string' },
            sign_message_length: { type: 'integer', description: { 'zh-CN': '字节数。', en: 'Bytes.' } },
            truncated_sign_message: { type: 'string' },
          },
        },
      },
    },
  },
};

/** The headers of responses (contract 3.2, 3.3). */
export const responseHeaders = {
  'Request-ID': header(
    {
      'zh-CN': '请求 ID、短横线和内部错误码，成功时为 0。',
      en: 'The request, a dash, and the internal error code, which is 0 on success.',
    },
    '^[0-9A-F]{32}-[0-9]+$',
  ),
  'Content-Language': header(
    { 'zh-CN': 'message 的语言。', en: 'The language of the message.' },
    '^(zh-CN|en)$',
  ),
  'Retry-After': header(
    {
      'zh-CN': '多少秒后可用原参数重试。',
      en: 'Seconds to wait before another attempt with the same parameters.',
    },
    '^[0-9]+$',
  ),
  'Wechatpay-Timestamp': header(
    {
      'zh-CN': 'Unix 时间戳（秒），与本机时钟相差 300 秒以内才可信。',
      en: 'Unix seconds; valid only within 300 s of the clock.',
    },
    '^[0-9]{10}$',
  ),
  'Wechatpay-Nonce': header({ 'zh-CN': '32 位十六进制数。', en: '32 hex digits.' }, '^[0-9a-f]{32}$'),
  'Wechatpay-Signature': header({
    'zh-CN': '对时间戳、随机串和应答体的签名，Base64 编码。',
    en: 'Over timestamp, nonce and body, in base64.',
  }),
  'Wechatpay-Serial': header({
    'zh-CN': '签名所用的密钥：PUB_KEY_ID_… 或平台证书序列号。',
    en: 'The key that signed: a PUB_KEY_ID_… or the serial of a platform certificate.',
  }),
  'Wechatpay-Signature-Type': {
    description: { 'zh-CN': '与请求的认证类型相同。', en: 'The scheme of the request.' },
    schema: { type: 'string', enum: Object.values(schemes).map(({ type }) => type) },
  },
};

function header(description: Text, pattern?: string) {
  return { description, schema: { type: 'string', ...(pattern !== undefined && { pattern }) } };
}
