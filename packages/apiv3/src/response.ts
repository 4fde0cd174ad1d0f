import { type SchemeName, schemes } from './authorization.js';
import { headerReader } from './headers.js';
import { responseMessage } from './message.js';
import type { KeyRing, Signer } from './signature.js';

/** The headers that sign a response (contract 3.2). */
export interface ResponseSignatureHeaders {
  'Wechatpay-Timestamp': string;
  'Wechatpay-Nonce': string;
  'Wechatpay-Signature': string;
  'Wechatpay-Serial': string;
  'Wechatpay-Signature-Type': string;
}

export interface ResponseToSign {
  scheme: SchemeName;
  signer: Signer;
  /** Unix seconds. */
  timestamp: number;
  /** 32 hex digits. */
  nonce: string;
  body: string | Uint8Array;
}

/**
 * @returns the headers that sign a response
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { createSigner, loadPrivateKey, signResponse } from '@coupon-media/apiv3';
 *
 * const key = loadPrivateKey(readFileSync('platform_key.pem', 'utf8'));
 * const headers = await signResponse({
 *   scheme: 'merchant',
 *   signer: createSigner('PUB_KEY_ID_0119000000012025', key),
 *   timestamp: Math.floor(Date.now() / 1000),
 *   nonce: '593bec0c930bf1afeb40b4a08c8fb242',
 *   body: '{"image_url":"https://example.com/1.png"}',
 * });
 * console.log(headers['Wechatpay-Serial']); // 'PUB_KEY_ID_0119000000012025'
 * ```
 */
export async function signResponse({
  scheme,
  signer,
  ...parts
}: ResponseToSign): Promise<ResponseSignatureHeaders> {
  return {
    'Wechatpay-Timestamp': String(parts.timestamp),
    'Wechatpay-Nonce': parts.nonce,
    'Wechatpay-Signature': await signer.sign(responseMessage(parts)),
    'Wechatpay-Serial': signer.keyId,
    'Wechatpay-Signature-Type': schemes[scheme].type,
  };
}

export interface ResponseToVerify {
  /**
   * Looks up a header; undefined if it is absent or repeated. It is asked by the lower-case name, and then by the name as contract
   * 3.2 writes it. {@link headerReader} makes one of headers in any form.
   */
  header(name: string): string | undefined;
  /** The raw bytes of the body, as received. */
  body: string | Uint8Array;
}

/** Why a response is not trusted (contract 3.6). */
export type ResponseFault = 'unsigned' | 'stale' | 'unknownKey' | 'signatureWrong';

/** Seconds: a response this far from the clock, in either direction, is not trusted (contract 3.6). */
export const RESPONSE_CLOCK_WINDOW = 300;

/**
 * Verifies the signature of a response.
 *
 * A probe (`WECHATPAY/SIGNTEST/…`) is a wrong signature like any other: no code knows its prefix (contract 3.7).
 *
 * @param now Unix seconds
 * @returns undefined if the response can be trusted, else why not
 * @example
 * ```ts
 * import { type KeyRing, verifyResponse } from '@coupon-media/apiv3';
 *
 * export async function bodyOf(response: Response, keys: KeyRing): Promise<string> {
 *   const header = (name: string) => response.headers.get(name) ?? undefined;
 *   const body = await response.text();
 *   const fault = await verifyResponse({ header, body }, keys, Date.now() / 1000);
 *   if (fault) throw new Error(`the response is not from WeChat Pay: ${fault}`);
 *   return body;
 * }
 * ```
 */
export async function verifyResponse(
  { header: given, body }: ResponseToVerify,
  keys: KeyRing,
  now: number,
): Promise<ResponseFault | undefined> {
  const header = headerReader(given);
  const timestamp = header('wechatpay-timestamp');
  const nonce = header('wechatpay-nonce');
  const signature = header('wechatpay-signature');
  const keyId = header('wechatpay-serial');
  // A 2xx that has no signature is refused, as is one 300 s or more from the clock in either direction (contract 3.6).
  if (!timestamp || !nonce || !signature || !keyId) return 'unsigned';
  // A timestamp that is not a number is stale, too.
  if (!(/^\d+$/.test(timestamp) && Math.abs(now - Number(timestamp)) < RESPONSE_CLOCK_WINDOW)) return 'stale';
  // A client looks the verifying key up by the response's own Wechatpay-Serial (contract 3.4).
  const verifier = keys.get(keyId);
  if (!verifier) return 'unknownKey';
  const genuine = await verifier.verify(responseMessage({ timestamp, nonce, body }), signature);
  return genuine ? undefined : 'signatureWrong';
}
