import { imageNamePattern, mediaTypes } from '@coupon-media/apiv3';
import { headersOf, type OpenApiResponse, type Operation } from './operation.js';

/** `GET /v3/certificates` (contract 11.1). */
export const certificatesOperation: Operation = {
  operationId: 'certificates',
  tags: ['certificates'],
  summary: 'List the platform certificates, encrypted for the caller',
  description:
    "Signed like any request, over an empty body. Each certificate is encrypted with the merchant's APIv3 key (AES-256-GCM); the newest one signs the response.",
  security: [{ merchant: [] }],
  responses: {
    200: {
      description: 'The certificates in use.',
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
      description: 'The sender is not authenticated.',
      headers: headersOf({ signed: false, also: ['Content-Language'] }),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
    },
  },
};

/** The images at their permanent URLs (contract 6.4). */
export const imageOperation: Operation = {
  operationId: 'image',
  tags: ['images'],
  summary: 'An image',
  description:
    'Served so that it can never run in a browser: with the type of its bytes, without sniffing, and under a policy that lets nothing load.',
  parameters: [
    {
      name: 'name',
      in: 'path',
      required: true,
      description: "SHA-256 of the bytes, and the suffix of their kind.",
      schema: { type: 'string', pattern: imageNamePattern },
    },
    { name: 'Range', in: 'header', description: 'One range of bytes.', schema: { type: 'string' } },
    { name: 'If-None-Match', in: 'header', schema: { type: 'string' } },
  ],
  responses: {
    200: { description: 'The image.', content: imageContent() },
    206: { description: 'The range.', content: imageContent() },
    304: { description: 'The caller has the image already.' },
    404: { description: 'There is no such image.' },
    416: { description: 'The range is not within the image.' },
  },
};

/** The operations for operators and monitoring. */
export const healthOperations: Readonly<Record<string, { get: Operation }>> = {
  '/healthz': { get: health('healthz', 'The process responds', { 200: said('It does.') }) },
  '/readyz': {
    get: health('readyz', 'Uploads can be taken now', {
      200: said('They can.'),
      503: said('The store takes no uploads at the moment.'),
    }),
  },
};

function imageContent() {
  return Object.fromEntries(Object.values(mediaTypes).map((type) => [type, {}]));
}

function health(operationId: string, summary: string, responses: Operation['responses']): Operation {
  return { operationId, tags: ['service'], summary, responses };
}

function said(description: string): OpenApiResponse {
  const schema = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } };
  return { description, content: { 'application/json': { schema } } };
}
