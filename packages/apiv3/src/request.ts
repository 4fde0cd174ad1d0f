import { type Authorization, formatAuthorization, type SchemeName } from './authorization.js';
import { type RequestParts, requestMessage } from './message.js';
import type { Signer, Verifier } from './signature.js';

/** A request to sign. */
export interface RequestToSign extends RequestParts {
  scheme: SchemeName;
  /** mchid or brand_id. */
  id: string;
  /** The caller's key; its `keyId` is the certificate's serial. */
  signer: Signer;
}

/** Seconds: a timestamp more than 5 minutes from the server's clock, either way, is refused (contract 2.6). */
export const REQUEST_CLOCK_WINDOW = 300;

/**
 * @returns the `Authorization` header of a request
 * @example
 * ```ts
 * import { randomBytes } from 'node:crypto';
 * import { readFileSync } from 'node:fs';
 * import { createSigner, loadCertificate, loadPrivateKey, signRequest } from '@coupon-media/apiv3';
 *
 * const { serialNo } = loadCertificate(readFileSync('apiclient_cert.pem', 'utf8'));
 * const signer = createSigner(serialNo, loadPrivateKey(readFileSync('apiclient_key.pem', 'utf8')));
 * const authorization = await signRequest({
 *   scheme: 'merchant',
 *   id: '1900000001',
 *   signer,
 *   method: 'GET',
 *   url: '/v3/certificates',
 *   timestamp: Math.floor(Date.now() / 1000),
 *   nonce: randomBytes(16).toString('hex'),
 *   body: '',
 * });
 * console.log(authorization.split(' ')[0]); // 'WECHATPAY2-SHA256-RSA2048'
 * ```
 */
export async function signRequest({ scheme, id, signer, ...parts }: RequestToSign): Promise<string> {
  const signature = await signer.sign(requestMessage(parts));
  return formatAuthorization({
    scheme,
    id,
    serialNo: signer.keyId,
    nonce: parts.nonce,
    timestamp: String(parts.timestamp),
    signature,
  });
}

/**
 * @returns whether the timestamp of a request is close enough to `now` (Unix seconds); check it before the signature
 * @example
 * ```ts
 * import { isRequestTimely } from '@coupon-media/apiv3';
 *
 * console.log(isRequestTimely('1554208460', 1554208760)); // true
 * console.log(isRequestTimely('1554208460', 1554208761)); // false
 * ```
 */
export function isRequestTimely(timestamp: string, now: number): boolean {
  return Math.abs(now - Number(timestamp)) <= REQUEST_CLOCK_WINDOW;
}

/**
 * @returns whether the verifier's key made the signature in `authorization` over this method, URL and body
 * @example
 * ```ts
 * import { parseAuthorization, type Verifier, verifyRequest } from '@coupon-media/apiv3';
 *
 * export async function isGenuine(request: Request, meta: Uint8Array, verifier: Verifier): Promise<boolean> {
 *   const authorization = parseAuthorization(request.headers.get('authorization') ?? undefined);
 *   if (typeof authorization === 'string') return false;
 *   const { pathname, search } = new URL(request.url);
 *   return verifyRequest(authorization, { method: request.method, url: pathname + search, body: meta }, verifier);
 * }
 * ```
 */
export function verifyRequest(
  authorization: Authorization,
  request: Pick<RequestParts, 'method' | 'url' | 'body'>,
  verifier: Verifier,
): boolean | Promise<boolean> {
  const { timestamp, nonce, signature } = authorization;
  return verifier.verify(requestMessage({ ...request, timestamp, nonce }), signature);
}

/** The part of a SIGN_ERROR that describes the string which the service verified (contract 5.4). */
export interface SignInformation {
  method: string;
  url: string;
  /** The length counts bytes (contract 5.4). */
  sign_message_length: number;
  /** The string, cut a few characters into its last line. */
  truncated_sign_message: string;
}

/**
 * @returns what the service verified, so that the caller can compare it with the signed string (contract 5.4)
 * @example
 * ```ts
 * import { signInformation } from '@coupon-media/apiv3';
 *
 * const parts = { method: 'POST', url: '/v3/x', timestamp: 1554208460, nonce: 'ABCDEFGH', body: '{"a":1}' };
 * console.log(signInformation(parts).truncated_sign_message); // 'POST\n/v3/x\n1554208460\nABCDEFGH\n{"a":'
 * ```
 */
export function signInformation(parts: RequestParts): SignInformation {
  const message = requestMessage(parts);
  const bodyStart = message.length - Buffer.byteLength(parts.body) - 1;
  return {
    method: parts.method,
    url: parts.url,
    sign_message_length: message.length,
    truncated_sign_message: wholeCharacters(message.subarray(0, bodyStart + SHOWN_OF_BODY)),
  };
}

// With `stream`, the decoder leaves out a character that the cut divides.
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}

/** Bytes: the message is cut a few characters into its last line (contract 5.4). */
const SHOWN_OF_BODY = 5;
