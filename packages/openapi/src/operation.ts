import type { responseHeaders } from './schemas.js';

/**
 * An operation, with the parts of the language that this service uses.
 *
 * @template Words of its descriptions: in one language, or in both
 */
export interface Operation<Words = string> {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: Words;
  readonly description?: Words;
  readonly responses: Readonly<Record<string, OpenApiResponse<Words>>>;
  readonly [more: string]: unknown;
}

/** One of an operation's responses. */
export interface OpenApiResponse<Words = string> {
  readonly description: Words;
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
