import { imageNamePattern, mediaTypes, type Text } from '@coupon-media/apiv3';
import { headersOf, type OpenApiResponse, type Operation } from './operation.js';

/** `GET /v3/certificates` (contract 11.1). */
export const certificatesOperation: Operation<Text> = {
  operationId: 'certificates',
  tags: ['certificates'],
  summary: {
    'zh-CN': '下载平台证书（加密）',
    en: 'List the platform certificates, encrypted for the caller',
  },
  description: {
    'zh-CN':
      '与其他请求一样签名，请求体为空。每张证书都用商户的 APIv3 密钥加密（AES-256-GCM）；应答由最新的证书签名。',
    en: "Signed like any request, over an empty body. Each certificate is encrypted with the merchant's APIv3 key (AES-256-GCM); the newest one signs the response.",
  },
  security: [{ merchant: [] }],
  responses: {
    200: {
      description: { 'zh-CN': '使用中的证书。', en: 'The certificates in use.' },
      headers: headersOf({ signed: true, also: ['Content-Language'] }),
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['data'],
            properties: {
              data: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['serial_no', 'effective_time', 'expire_time', 'encrypt_certificate'],
                  properties: {
                    serial_no: { type: 'string', pattern: '^[0-9A-F]+$' },
                    effective_time: { type: 'string', format: 'date-time' },
                    expire_time: { type: 'string', format: 'date-time' },
                    encrypt_certificate: {
                      type: 'object',
                      required: ['algorithm', 'nonce', 'associated_data', 'ciphertext'],
                      properties: {
                        algorithm: { const: 'AEAD_AES_256_GCM' },
                        nonce: { type: 'string', minLength: 12, maxLength: 12 },
                        associated_data: { const: 'certificate' },
                        ciphertext: { type: 'string', contentEncoding: 'base64' },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    401: {
      description: { 'zh-CN': '未通过身份验证。', en: 'The sender is not authenticated.' },
      headers: headersOf({ signed: false, also: ['Content-Language'] }),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
    },
  },
};

/** The images at their permanent URLs (contract 6.4). */
export const imageOperation: Operation<Text> = {
  operationId: 'image',
  tags: ['images'],
  summary: { 'zh-CN': '获取图片', en: 'An image' },
  description: {
    'zh-CN': '浏览器不会执行其中的内容：类型以实际字节为准，禁止嗅探，安全策略禁止加载任何资源。',
    en: 'Served so that it can never run in a browser: with the type of its bytes, without sniffing, and under a policy that lets nothing load.',
  },
  parameters: [
    {
      name: 'name',
      in: 'path',
      required: true,
      description: {
        'zh-CN': '图片的 SHA-256 加扩展名。',
        en: 'SHA-256 of the bytes, and the suffix of their kind.',
      },
      schema: { type: 'string', pattern: imageNamePattern },
    },
    {
      name: 'Range',
      in: 'header',
      description: { 'zh-CN': '一个字节范围。', en: 'One range of bytes.' },
      schema: { type: 'string' },
    },
    { name: 'If-None-Match', in: 'header', schema: { type: 'string' } },
  ],
  responses: {
    200: { description: { 'zh-CN': '图片。', en: 'The image.' }, content: imageContent() },
    206: { description: { 'zh-CN': '所请求的范围。', en: 'The range.' }, content: imageContent() },
    304: { description: { 'zh-CN': '客户端已有该图片。', en: 'The caller has the image already.' } },
    404: { description: { 'zh-CN': '没有这张图片。', en: 'There is no such image.' } },
    416: { description: { 'zh-CN': '范围超出图片大小。', en: 'The range is not within the image.' } },
  },
};

/** The operations for operators and monitoring. */
export const healthOperations: Readonly<Record<string, { get: Operation<Text> }>> = {
  '/healthz': {
    get: health(
      'healthz',
      { 'zh-CN': '存活检查', en: 'The process responds' },
      { 200: said({ 'zh-CN': '进程正常。', en: 'It does.' }) },
    ),
  },
  '/readyz': {
    get: health(
      'readyz',
      { 'zh-CN': '就绪检查', en: 'Uploads can be taken now' },
      {
        200: said({ 'zh-CN': '可以接收上传。', en: 'They can.' }),
        503: said({ 'zh-CN': '目前无法接收上传。', en: 'The store takes no uploads at the moment.' }),
      },
    ),
  },
};

function imageContent() {
  return Object.fromEntries(Object.values(mediaTypes).map((type) => [type, {}]));
}

function health(
  operationId: string,
  summary: Text,
  responses: Operation<Text>['responses'],
): Operation<Text> {
  return { operationId, tags: ['service'], summary, responses };
}

function said(description: Text): OpenApiResponse<Text> {
  const schema = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } };
  return { description, content: { 'application/json': { schema } } };
}
