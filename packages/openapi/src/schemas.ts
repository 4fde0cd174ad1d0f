import { filenameRules, refusals, schemes, sha256Form } from '@coupon-media/apiv3';

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
        description: `At most ${filenameLimit} characters, ending in .jpg, .jpeg, .png or .bmp.`,
        examples: ['header.jpg'],
      },
      sha256: {
        type: 'string',
        pattern: sha256Form.source,
        description: "SHA-256 of the file's bytes: 64 hex digits.",
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
    message: { type: 'string', description: 'In the language of Content-Language.' },
    detail: {
      type: 'object',
      description: 'What broke the rule, if that is known.',
      properties: {
        location: { type: 'string', description: 'body, header or authorization.' },
        field: { type: 'string' },
        value: { description: 'As sent.' },
        issue: { type: 'string' },
        sign_information: {
          type: 'object',
          description: 'The string that was verified, for comparison with the one that was signed.',
          properties: {
            method: { type: 'string' },
            url: { type: 'string' },
            sign_message_length: { type: 'integer', description: 'Bytes.' },
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
    'The request, a dash, and the internal error code, which is 0 on success.',
    '^[0-9A-F]{32}-[0-9]+$',
  ),
  'Content-Language': header('The language of the message.', '^(zh-CN|en)$'),
  'Retry-After': header('Seconds to wait before another attempt with the same parameters.', '^[0-9]+$'),
  'Wechatpay-Timestamp': header(
    'Unix seconds; valid only within 300 s of the clock.',
    '^[0-9]{10}$',
  ),
  'Wechatpay-Nonce': header('32 hex digits.', '^[0-9a-f]{32}$'),
  'Wechatpay-Signature': header('Over timestamp, nonce and body, in base64.'),
  'Wechatpay-Serial': header('The key that signed: a PUB_KEY_ID_… or a platform certificate serial.'),
  'Wechatpay-Signature-Type': {
    description: "The request's scheme.",
    schema: { type: 'string', enum: Object.values(schemes).map(({ type }) => type) },
  },
};

function header(description: string, pattern?: string) {
  return { description, schema: { type: 'string', ...(pattern !== undefined && { pattern }) } };
}
