import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSigner, loadPrivateKey, type SchemeName, signRequest } from '@coupon-media/apiv3';
import type { Credentials } from '@coupon-media/sandbox';
import { request } from 'undici';
import { type Exchange, judge } from './exchange.js';

/** A signed JSON call, and what of it is to be other than right. */
export interface CallShape {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  path: string;
  body?: string | Buffer;
  /** What is signed in place of the body. */
  signed?: string;
  /** What is signed in place of the path. */
  signedPath?: string;
  /** Seconds from now. */
  skew?: number;
  nonce?: string;
  scheme?: SchemeName;
  /** mchid or brand_id. */
  id?: string;
  serialNo?: string;
  /** More headers, or other ones; undefined leaves one out. */
  headers?: Record<string, string | undefined>;
}

/** Signs a call by the contract alone, sends it, and judges the signature of the response. */
export async function signedCall(credentials: Credentials, shape: CallShape): Promise<Exchange> {
  const { method = 'POST', path, body = '' } = shape;
  const key = loadPrivateKey(readFileSync(credentials.privateKeyPath, 'utf8'));
  const authorization = await signRequest({
    scheme: shape.scheme ?? 'merchant',
    id: shape.id ?? credentials.mchid,
    signer: createSigner(shape.serialNo ?? credentials.certificateSerialNo, key),
    method,
    url: shape.signedPath ?? path,
    timestamp: Math.floor(Date.now() / 1000) + (shape.skew ?? 0),
    nonce: shape.nonce ?? randomBytes(16).toString('hex'),
    body: shape.signed ?? body,
  });
  const headers = {
    Authorization: authorization,
    Accept: 'application/json',
    'User-Agent': 'coupon-media-test',
    'Content-Type': 'application/json',
    'Wechatpay-Serial': credentials.wechatPayPublicKeyId,
    ...shape.headers,
  };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const answer = await request(credentials.baseUrl + path, {
    method,
    headers: Object.fromEntries(given),
    ...(body.length > 0 && { body }),
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    fault: await judge(credentials, answer.headers, text),
  };
}
