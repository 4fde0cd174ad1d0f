import {
  type Language,
  type Refusal,
  refusalBody,
  type SchemeName,
  type Signer,
  signResponse,
} from '@coupon-media/apiv3';
import type { Random } from './random.js';

/** An HTTP response as a value, ready to be written: header names in the letter case and the order in which they go out. */
export interface Response<Body = string | Buffer> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** What a request that was done is answered with, before it is signed. */
export interface UnsignedResponse {
  /** Default: 200. */
  readonly status?: number;
  /** JSON. */
  readonly body: string;
}

/** The key that signs a response: known from when the request's signature is proven. */
export interface ResponseSigner {
  readonly signer: Signer;
  readonly scheme: SchemeName;
}

/** What every response to a signed request needs. */
export interface ResponseContext {
  readonly requestId: string;
  readonly language: Language;
  /** Absent before authentication: such responses are not signed (contract 3.5). */
  readonly responseSigner?: ResponseSigner | undefined;
  /** Unix seconds. */
  readonly now: number;
  readonly random: Pick<Random, 'id'>;
}

/** @returns the response to a request that was done */
export function successResponse(
  { status = 200, body }: UnsignedResponse,
  context: ResponseContext,
): Promise<Response> {
  return jsonResponse(status, 0, body, context);
}

/** @returns the response to a request that is refused: the only place that knows the statuses of refusals */
export async function refusalResponse(refusal: Refusal, context: ResponseContext): Promise<Response> {
  const { status, number } = refusal.row;
  const { retryAfter } = refusal.context;
  const body = JSON.stringify(refusalBody(refusal, context.language));
  const response = await jsonResponse(status, number, body, context);
  if (retryAfter === undefined) return response;
  return { ...response, headers: { ...response.headers, 'Retry-After': String(retryAfter) } };
}

/**
 * @returns an empty response: to unknown paths and wrong methods (contract 5.7), which caches may keep by their own rules unless
 *   they are told not to, and to what is no request
 */
export function emptyResponse(
  status: 400 | 404 | 405,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  const unkept = status === 400 ? undefined : { 'Cache-Control': 'no-store' };
  return {
    status,
    headers: { 'Request-ID': `${requestId}-0`, ...unkept, 'Content-Length': '0', ...headers },
    body: '',
  };
}

async function jsonResponse(
  status: number,
  number: number,
  body: string,
  { requestId, language, responseSigner, now, random }: ResponseContext,
): Promise<Response> {
  const signature =
    responseSigner && (await signResponse({ ...responseSigner, timestamp: now, nonce: random.id(), body }));
  // The letter case of the names matters, and Content-Type begins exactly `application/json`: clients compare both (contract 3.2).
  return {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      'Content-Language': language,
      'Cache-Control': 'no-cache, must-revalidate',
      'X-Content-Type-Options': 'nosniff',
      // The number is the internal error code, 0 on success (contract 3.3).
      'Request-ID': `${requestId}-${number}`,
      ...signature,
    },
    body,
  };
}
