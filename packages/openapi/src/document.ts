import {
  authorizationFieldForms,
  CERTIFICATES_PATH,
  type Language,
  schemes,
  type Text,
  uploadEndpoints,
  VERSION,
} from '@coupon-media/apiv3';
import type { Operation } from './operation.js';
import { metaSchema, refusalSchema, responseHeaders } from './schemas.js';
import { certificatesOperation, healthOperations, imageOperation } from './service-operations.js';
import { uploadOperation } from './uploads.js';

/** An OpenAPI document, with the parts of the language that this service uses. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: Readonly<Record<string, unknown>> & {
    readonly title: string;
    readonly version: string;
    readonly description: string;
  };
  readonly tags: readonly Tag[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [more: string]: unknown;
}

interface Tag {
  readonly name: string;
  /** For people. */
  readonly 'x-title': string;
  readonly description: string;
}

/**
 * Describes the service with the tables that it checks requests against: endpoints, refusals, field formats and limits.
 *
 * @param language of the descriptions; everything else is the same in both
 */
export function openApiDocument(language: Language = 'en'): OpenApiDocument {
  return JSON.parse(
    JSON.stringify(bilingualDocument(), (_, value: unknown) => (isText(value) ? value[language] : value)),
  );
}

function isText(value: unknown): value is Text {
  return typeof value === 'object' && value !== null && 'zh-CN' in value && 'en' in value;
}

/** The document with every description in both languages. */
function bilingualDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'coupon-media',
      version: VERSION,
      summary: SUMMARY,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths: {
      ...Object.fromEntries(
        uploadEndpoints.map((endpoint) => [endpoint.path, { post: uploadOperation(endpoint) }]),
      ),
      [CERTIFICATES_PATH]: { get: certificatesOperation },
      '/images/{name}': { get: imageOperation },
      ...healthOperations,
    },
    components: {
      schemas: {
        ...Object.fromEntries(FILENAME_LIMITS.map((limit) => [`Meta${limit}`, metaSchema(limit)])),
        Refusal: refusalSchema,
      },
      headers: responseHeaders,
      securitySchemes: Object.fromEntries(
        Object.entries(schemes).map(([name, { type, idField }]) => [
          name,
          {
            type: 'http',
            scheme: type,
            description: `Authorization: ${type} ${idField}="…",nonce_str="…",signature="…",timestamp="…",serial_no="…"`,
            // OpenAPI cannot describe the fields of an Authorization header.
            'x-fields': Object.fromEntries(
              [idField, ...COMMON_FIELDS].map((field) => [field, authorizationFieldForms.get(field)?.source]),
            ),
          },
        ]),
      ),
    },
  };
}

const COMMON_FIELDS = ['nonce_str', 'signature', 'timestamp', 'serial_no'];

const FILENAME_LIMITS = [...new Set(uploadEndpoints.map(({ filenameLimit }) => filenameLimit))];

const SUMMARY: Text = {
  'zh-CN': '自行部署的微信支付商品券图片上传服务。',
  en: "The image upload of WeChat Pay's product coupons, self-hosted.",
};

const INTRODUCTION: Text = {
  'zh-CN': `以签名的请求上传图片，在签名的应答中得到永久有效的 URL。

签名串共五行，每行以换行符结束，最后一行也不例外：请求方法、路径和查询串、时间戳、随机串、请求体。上传图片时请求体取 \`meta\` 部分的原文，与发送的字节完全一致；GET 请求为空。签名算法为 SHA256 with RSA（PKCS#1 v1.5），结果用 Base64 编码。

应答的验签串共三行：\`Wechatpay-Timestamp\`、\`Wechatpay-Nonce\`、应答体的原始字节。请求验签通过后的所有应答都有签名，包括错误应答。`,
  en: `A signed request uploads an image; a signed response returns its permanent URL.

The string to sign has five lines, each ended by a line feed, the last one too: method, path with query, timestamp, nonce, body. For an upload the body is the text of the part \`meta\`, byte for byte as sent; for a GET it is empty. The signature is RSA with SHA-256 (PKCS#1 v1.5), in base64.

A response is verified over three lines: \`Wechatpay-Timestamp\`, \`Wechatpay-Nonce\`, the body's raw bytes. Every response to a request whose signature was verified is signed, refusals included.`,
};

const TAGS = [
  {
    name: 'uploads',
    'x-title': { 'zh-CN': '上传', en: 'Uploads' },
    description: {
      'zh-CN': '表单格式相同，区别在于认证类型、文件名长度上限和返回的字段。',
      en: 'All take the same form. They differ in the scheme, in the length of the filename, and in the field of the response.',
    },
  },
  {
    name: 'certificates',
    'x-title': { 'zh-CN': '证书', en: 'Certificates' },
    description: { 'zh-CN': '用于平台证书模式的客户端。', en: 'For clients in certificate mode.' },
  },
  {
    name: 'images',
    'x-title': { 'zh-CN': '图片', en: 'Images' },
    description: {
      'zh-CN': '已上传的图片，永久保存在上传应答返回的 URL。',
      en: 'Uploaded images, permanently available at the URL in the response to the upload.',
    },
  },
  {
    name: 'service',
    'x-title': { 'zh-CN': '服务状态', en: 'Service' },
    description: { 'zh-CN': '用于运维。', en: 'For operators.' },
  },
];
