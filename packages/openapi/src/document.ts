import {
  authorizationFieldForms,
  CERTIFICATES_PATH,
  schemes,
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
  readonly info: Readonly<Record<string, unknown>> & { readonly title: string; readonly description: string };
  readonly tags: readonly Tag[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [more: string]: unknown;
}

interface Tag {
  readonly name: string;
  readonly description: string;
}

/**
 * Describes the service with the tables that it checks requests against: endpoints, refusals, field formats and limits.
 */
export function openApiDocument(): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'coupon-media',
      version: VERSION,
      summary: "The image upload of WeChat Pay's product coupons, self-hosted.",
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

const INTRODUCTION = `A signed request uploads an image; a signed response returns its permanent URL.

The string to sign has five lines, each ended by a line feed, the last one too: method, path with query, timestamp, nonce, body. For an upload the body is the text of the part \`meta\`, byte for byte as sent; for a GET it is empty. The signature is RSA with SHA-256 (PKCS#1 v1.5), in base64.

A response is verified over three lines: \`Wechatpay-Timestamp\`, \`Wechatpay-Nonce\`, the body's raw bytes. Every response to a request whose signature was verified is signed, refusals included.`;

const TAGS: readonly Tag[] = [
  {
    name: 'uploads',
    description:
      'All take the same form. They differ in the scheme, in the length of the filename, and in the field of the response.',
  },
  { name: 'certificates', description: 'For clients in certificate mode.' },
  { name: 'images', description: 'Uploaded images, permanently available at the URL in the response to the upload.' },
  { name: 'service', description: 'For operators.' },
];
