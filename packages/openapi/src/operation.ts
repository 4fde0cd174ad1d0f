import type { responseHeaders } from './schemas.js';

/** An operation, with the parts of the language that this service uses. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
  readonly [more: string]: unknown;
}

/** One of an operation's responses. */
export interface OpenApiResponse {
  readonly description: string;
  readonly [more: string]: unknown;
}

type HeaderName = keyof typeof responseHeaders;

const SIGNATURE: readonly HeaderName[] = [
  'Wechatpay-Timestamp',
  'Wechatpay-Nonce',
  'Wechatpay-Signature',
  'Wechatpay-Serial',
  'Wechatpay-Signature-Type',
];

/** Returns references to the headers of a response. */
export function headersOf({ signed, also = [] }: { signed: boolean; also?: readonly HeaderName[] }) {
  const names: readonly HeaderName[] = ['Request-ID', ...also, ...(signed ? SIGNATURE : [])];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
