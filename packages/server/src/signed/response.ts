import {
  type Language,
  type Refusal,
  refusalBody,
  type SchemeName,
  type Signer,
  signResponse,
} from '@coupon-media/apiv3';
import type { Random } from './random.js';

/** An HTTP response as a value. Its header names have the letter case and the order in which they are written. */
export interface Response<Body = string | Buffer> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** The response to a request that its route handled, before it is signed. */
export interface UnsignedResponse {
  /** Default: 200. */
  readonly status?: number;
  /** A JSON text; '' beside the status 204. */
  readonly body: string;
  /** The internal error code at the end of `Request-ID` (contract 3.3). Default: 0. */
  readonly number?: number;
  /** Headers beside those of every response. They replace none of them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The key that signs a response. It is known once the signature of the request has been verified. */
export interface ResponseSigner {
  readonly signer: Signer;
  readonly scheme: SchemeName;
}

/** The values that every response to a signed request needs. */
export interface ResponseContext {
  readonly requestId: string;
  readonly language: Language;
  /** Undefined before authentication; such a response is not signed. */
  readonly responseSigner?: ResponseSigner | undefined;
  /** Unix seconds. */
  readonly now: number;
  readonly random: Pick<Random, 'id'>;
}

/** @returns the response to a request that its route handled */
export async function successResponse(
  { status = 200, body, number = 0, headers }: UnsignedResponse,
  context: ResponseContext,
): Promise<Response> {
  const response = await jsonResponse(status, number, body, context);
  return headers ? { ...response, headers: { ...headers, ...response.headers } } : response;
}

/** @returns the response to a request that is refused. Nothing else knows the statuses of refusals */
export async function refusalResponse(refusal: Refusal, context: ResponseContext): Promise<Response> {
  const { status, number } = refusal.row;
  const { retryAfter } = refusal.context;
  const body = JSON.stringify(refusalBody(refusal, context.language));
  const response = await jsonResponse(status, number, body, context);
  if (retryAfter === undefined) return response;
  return { ...response, headers: { ...response.headers, 'Retry-After': String(retryAfter) } };
}

/**
 * @returns an empty response, for unknown paths, wrong methods and input that is not a request. Caches
 *   may keep a 404 or a 405 by their own rules unless they are forbidden to
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
      ...(status !== 204 && {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': String(Buffer.byteLength(body)),
      }),
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
