import {
  IMAGE_BYTES_LIMIT,
  IMAGE_SIDE_LIMIT,
  mediaTypes,
  type RefusalName,
  type RefusalRow,
  refusals,
  type UploadEndpoint,
} from '@coupon-media/apiv3';
import { headersOf, type OpenApiResponse, type Operation } from './operation.js';

/** Describes an upload endpoint by its row in the table. */
export function uploadOperation(endpoint: UploadEndpoint): Operation {
  const { name, scheme, filenameLimit, responseField, needsProductCoupon } = endpoint;
  return {
    operationId: `upload-${name}`,
    tags: ['uploads'],
    summary: SUMMARIES[name],
    description: `Responds with \`${responseField}\`.${needsProductCoupon ? ' The merchant must have product coupons enabled.' : ''}`,
    security: [{ [scheme]: [] }],
    parameters: [
      parameter('User-Agent', true, 'Any value; `Accept` is required as well.'),
      parameter(
        'Accept-Language',
        false,
        'zh-CN, zh-HK, zh-TW or en: the language of messages. Default zh-CN.',
      ),
      parameter(
        'Wechatpay-Serial',
        scheme === 'brand',
        'The key that the response is to be signed with: a PUB_KEY_ID_… or a platform certificate serial.',
      ),
    ],
    requestBody: {
      required: true,
      description: 'Two parts, in either order. Other parts are ignored; a repeated part is refused.',
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
                description: `A JPG, PNG or BMP, identified by its first bytes: 1 to ${IMAGE_BYTES_LIMIT.toLocaleString('en')} bytes, 1 to ${IMAGE_SIDE_LIMIT.toLocaleString('en')} pixels a side.`,
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

const SUMMARIES: Readonly<Record<UploadEndpoint['name'], string>> = {
  'product-coupon': 'Upload an image for product coupons',
  'brand-product-coupon': 'Upload an image for product coupons, as a brand',
  favor: 'Upload an image for coupons (favor)',
  'merchant-media': 'Upload an image for merchant registration',
  'merchant-service': 'Upload an image for merchant service',
};

function parameter(name: string, required: boolean, description: string) {
  return { name, in: 'header', required, description, schema: { type: 'string' } };
}

function done({ responseField }: UploadEndpoint): OpenApiResponse {
  const isUrl = responseField !== 'media_id';
  return {
    description: 'Stored. The same bytes always get the same response, whatever their filename.',
    headers: headersOf({ signed: true, also: ['Content-Language'] }),
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: [responseField],
          properties: {
            [responseField]: isUrl
              ? { type: 'string', format: 'uri', maxLength: 256, description: 'Permanent.' }
              : { type: 'string', description: 'Permanent.' },
          },
        },
      },
    },
  };
}

/** Refusals before the signature is verified. Their responses are not signed (contract 3.5). */
const UNSIGNED: ReadonlySet<RefusalName> = new Set([
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

const STATUSES: Readonly<Record<number, string>> = {
  400: 'A header is missing, or a parameter breaks its rule.',
  401: 'The sender is not authenticated.',
  403: 'The merchant has no permission.',
  413: 'The body is longer than any upload.',
  429: 'Too many requests, or too many bytes at once.',
  500: 'The service failed; nothing was stored.',
};

/** Returns the refusals of an endpoint by status. */
function refused({ scheme, needsProductCoupon }: UploadEndpoint): Record<string, OpenApiResponse> {
  const names = (Object.keys(refusals) as RefusalName[]).filter(
    (name) =>
      (name !== 'brandSerialMissing' || scheme === 'brand') &&
      (name !== 'permissionMissing' || needsProductCoupon),
  );
  const statuses = [...new Set(names.map((name) => refusals[name].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const of = names.filter((name) => refusals[name].status === status);
      return [status, refusal(STATUSES[status] ?? '', of)];
    }),
  );
}

function refusal(description: string, names: readonly RefusalName[]): OpenApiResponse {
  const also = [
    'Content-Language' as const,
    ...(refusals[names[0] as RefusalName].status === 429 ? ['Retry-After' as const] : []),
  ];
  const signed = names.some((name) => !UNSIGNED.has(name));
  return {
    description,
    headers: headersOf({ signed, also }),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Refusal' },
        examples: Object.fromEntries(
          names.map((name) => [name, example(refusals[name], !UNSIGNED.has(name))]),
        ),
      },
    },
  };
}

function example({ code, message, number }: RefusalRow, signed: boolean) {
  return {
    summary: message.en,
    description: `${signed ? 'Signed' : 'Unsigned'}; Request-ID ends in ${number}.`,
    value: { code, message: message['zh-CN'] },
  };
}
