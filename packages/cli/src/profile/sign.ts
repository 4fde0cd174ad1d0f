import { createHash, randomBytes } from 'node:crypto';
import { createSigner, parseAuthorization, requestMessage, signRequest } from '@coupon-media/apiv3';
import { CommandError } from '../shell/failure.js';
import { callerOf } from './identity.js';
import { readKeys } from './keys.js';
import type { Profile } from './profile.js';

/** The request to sign. */
export interface ToSign {
  method: string;
  /** Path and query. A host before them, which people often paste, is removed. */
  url: string;
  body: string | Buffer;
  /** Unix seconds. Default: now. */
  timestamp: number | undefined;
  /** Default: 32 hex digits. */
  nonce: string | undefined;
}

/** A signature with its parts. */
export interface Signed {
  message: Buffer;
  /** The digest of the message, in hex. */
  sha256: string;
  signature: string;
  authorization: string;
}

/** Signs a request as the merchant of the profile. @throws CommandError if there is no key */
export async function signAs(profile: Profile, toSign: ToSign): Promise<Signed> {
  const parts = {
    method: toSign.method.toUpperCase(),
    url: toSign.url.replace(/^https?:\/\/[^/]*/i, ''),
    timestamp: toSign.timestamp ?? Math.floor(Date.now() / 1000),
    nonce: toSign.nonce ?? randomBytes(16).toString('hex'),
    body: toSign.body,
  };
  const scheme = profile.values.brandId ? 'brand' : 'merchant';
  const authorization = await signRequest({
    scheme,
    id: callerOf(profile),
    signer: signerOf(profile),
    ...parts,
  });
  const parsed = parseAuthorization(authorization);
  if (typeof parsed === 'string') throw new CommandError('sign.unusable');
  const message = requestMessage(parts);
  const sha256 = createHash('sha256').update(message).digest('hex');
  return { message, sha256, signature: parsed.signature, authorization };
}

function signerOf(profile: Profile) {
  const { privateKey, certificate, problems } = readKeys(profile);
  const serialNo = profile.values.certificateSerialNo?.value ?? certificate?.serialNo;
  if (privateKey && serialNo !== undefined) return createSigner(serialNo, privateKey);
  throw problems[0]?.error ?? new CommandError('sign.noKey');
}
