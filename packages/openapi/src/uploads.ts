import {
  both,
  filled,
  IMAGE_BYTES_LIMIT,
  IMAGE_SIDE_LIMIT,
  mediaTypes,
  type RefusalName,
  type RefusalRow,
  refusals,
  type Text,
  type UploadEndpoint,
  unsignedRefusals,
} from '@coupon-media/apiv3';
import { headersOf, type OpenApiResponse, type Operation } from './operation.js';

/** Describes an upload endpoint by its row in the table. */
export function uploadOperation(endpoint: UploadEndpoint): Operation<Text> {
  const { name, scheme, filenameLimit, responseField, needsProductCoupon } = endpoint;
  return {
    operationId: `upload-${name}`,
    tags: ['uploads'],
    summary: SUMMARIES[name],
    description: filled(needsProductCoupon ? RETURNS_IF_ENABLED : RETURNS, { responseField }),
    security: [{ [scheme]: [] }],
    parameters: [
      parameter('User-Agent', true, {
        'zh-CN': '任意值；`Accept` 同样必填。',
        en: 'Any value; `Accept` is required as well.',
      }),
      parameter('Accept-Language', false, {
        'zh-CN': 'message 的语言：zh-CN、zh-HK、zh-TW 或 en，默认 zh-CN。',
        en: 'zh-CN, zh-HK, zh-TW or en: the language of messages. Default zh-CN.',
      }),
      parameter('Wechatpay-Serial', scheme === 'brand', {
        'zh-CN': '指定为应答签名的密钥：PUB_KEY_ID_… 或平台证书序列号。',
        en: 'The key that the response is to be signed with: a PUB_KEY_ID_… or a platform certificate serial.',
      }),
    ],
    requestBody: {
      required: true,
      description: {
        'zh-CN': '两个部分，顺序不限。其他部分会被忽略；重复出现会被拒绝。',
        en: 'Two parts, in either order. Other parts are ignored; a repeated part is refused.',
      },
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['meta', 'file'],
            properties: {
              meta: { $ref: `#/components/schemas/Meta${filenameLimit}` },
              file: {
                type: 'string',
                format: 'binary',
                description: FILE,
              },
            },
          },
          encoding: {
            meta: { contentType: 'application/json' },
            file: { contentType: Object.values(mediaTypes).join(', ') },
          },
        },
      },
    },
    responses: { 200: done(endpoint), ...refused(endpoint) },
  };
}

const RETURNS = { 'zh-CN': '返回 `{responseField}`。', en: 'Responds with `{responseField}`.' };
const RETURNS_IF_ENABLED = {
  'zh-CN': '返回 `{responseField}`。商户须已开通商品券。',
  en: 'Responds with `{responseField}`. The merchant must have product coupons enabled.',
};

const [BYTES, PIXELS] = [IMAGE_BYTES_LIMIT, IMAGE_SIDE_LIMIT].map((limit) => limit.toLocaleString('en'));

const FILE = {
  'zh-CN': `JPG、PNG 或 BMP，以文件头为准：1 到 ${BYTES} 字节，宽高各 1 到 ${PIXELS} 像素。`,
  en: `A JPG, PNG or BMP, identified by its first bytes: 1 to ${BYTES} bytes, 1 to ${PIXELS} pixels a side.`,
};

const SUMMARIES: Readonly<Record<UploadEndpoint['name'], Text>> = {
  'product-coupon': { 'zh-CN': '上传商品券图片', en: 'Upload an image for product coupons' },
  'brand-product-coupon': {
    'zh-CN': '上传商品券图片（品牌）',
    en: 'Upload an image for product coupons, as a brand',
  },
  favor: { 'zh-CN': '上传营销图片（代金券）', en: 'Upload an image for coupons (favor)' },
  'merchant-media': { 'zh-CN': '上传商户进件图片', en: 'Upload an image for merchant registration' },
  'merchant-service': { 'zh-CN': '上传商户服务图片', en: 'Upload an image for merchant service' },
};

function parameter(name: string, required: boolean, description: Text) {
  return { name, in: 'header', required, description, schema: { type: 'string' } };
}

function done({ responseField }: UploadEndpoint): OpenApiResponse<Text> {
  const isUrl = responseField !== 'media_id';
  return {
    description: {
      'zh-CN': '已存储。内容相同的图片返回相同的结果，与上传时间和文件名无关。',
      en: 'Stored. The same bytes always get the same response, whatever their filename.',
    },
    headers: headersOf({ signed: true, also: ['Content-Language'] }),
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: [responseField],
          properties: {
            [responseField]: isUrl
              ? { type: 'string', format: 'uri', maxLength: 256, description: PERMANENT }
              : { type: 'string', description: PERMANENT },
          },
        },
      },
    },
  };
}

const PERMANENT = { 'zh-CN': '永久有效。', en: 'Permanent.' };

const STATUSES: Readonly<Record<number, Text>> = {
  400: {
    'zh-CN': '缺少请求头，或参数不符合规则。',
    en: 'A header is missing, or a parameter breaks its rule.',
  },
  401: { 'zh-CN': '未通过身份验证。', en: 'The sender is not authenticated.' },
  403: { 'zh-CN': '商户没有权限。', en: 'The merchant has no permission.' },
  413: { 'zh-CN': '请求体过大。', en: 'The body is longer than any upload.' },
  429: { 'zh-CN': '超过频率限制，或服务繁忙。', en: 'Too many requests, or too many bytes at once.' },
  500: { 'zh-CN': '服务异常，未存储任何内容。', en: 'The service failed; nothing was stored.' },
};

/** Returns the refusals of an endpoint by status. */
function refused({ scheme, needsProductCoupon }: UploadEndpoint): Record<string, OpenApiResponse<Text>> {
  const names = (Object.keys(refusals) as RefusalName[]).filter(
    (name) =>
      (name !== 'brandSerialMissing' || scheme === 'brand') &&
      (name !== 'permissionMissing' || needsProductCoupon),
  );
  const statuses = [...new Set(names.map((name) => refusals[name].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const of = names.filter((name) => refusals[name].status === status);
      return [status, refusal(STATUSES[status] ?? both(''), of)];
    }),
  );
}

function refusal(description: Text, names: readonly RefusalName[]): OpenApiResponse<Text> {
  const also = [
    'Content-Language' as const,
    ...(refusals[names[0] as RefusalName].status === 429 ? ['Retry-After' as const] : []),
  ];
  const signed = names.some((name) => !unsignedRefusals.has(name));
  return {
    description,
    headers: headersOf({ signed, also }),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Refusal' },
        examples: Object.fromEntries(
          names.map((name) => [name, example(refusals[name], !unsignedRefusals.has(name))]),
        ),
      },
    },
  };
}

function example({ code, message, number }: RefusalRow, signed: boolean) {
  return {
    summary: message,
    description: filled(signed ? SIGNED : UNSIGNED_RESPONSE, { number }),
    value: { code, message: message['zh-CN'] },
  };
}

const SIGNED = {
  'zh-CN': '有签名；Request-ID 以 {number} 结尾。',
  en: 'Signed; Request-ID ends in {number}.',
};
const UNSIGNED_RESPONSE = {
  'zh-CN': '无签名；Request-ID 以 {number} 结尾。',
  en: 'Unsigned; Request-ID ends in {number}.',
};
