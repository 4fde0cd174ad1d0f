import {
  createKeyRing,
  createVerifier,
  type KeyRing,
  parseAuthorization,
  publicKeyOf,
  requestMessage,
  responseMessage,
  verifyRequest,
  verifyResponse,
} from '@coupon-media/apiv3';
import type { MessageKey } from '../messages/messages.js';
import type { ProfileKeys } from '../profile/keys.js';
import type { Profile } from '../profile/profile.js';
import { CommandError, EXIT } from '../shell/failure.js';
import type { Capture } from './capture.js';

/** The verified message and the result. */
export interface VerificationResult {
  kind: 'request' | 'response';
  /** The string that should be signed. */
  message: Buffer;
  /** The key id that the signature names. */
  key: string;
  /** Why the verification failed; undefined if the signature is right. */
  fault: VerificationFault | undefined;
}

export type VerificationFault = 'unsigned' | 'stale' | 'unknownKey' | 'signatureWrong';

export const FAULT_TEXTS: Readonly<Record<VerificationFault, MessageKey>> = {
  unsigned: 'doctor.response.unsigned',
  stale: 'doctor.response.stale',
  unknownKey: 'doctor.response.unknownKey',
  signatureWrong: 'verify.signatureWrong',
};

export interface VerifyOptions {
  /** The signed body, if the capture does not have it or has more; for an upload, meta. */
  body: Buffer | undefined;
  /** Unix seconds. Without it, the age of a response is not checked, since captures are usually old. */
  now: number | undefined;
}

/** Verifies a captured response with WeChat Pay's key, or a captured request with the merchant's. */
export function verifyCapture(
  capture: Capture,
  profile: Profile,
  keys: ProfileKeys,
  options: VerifyOptions,
): Promise<VerificationResult> {
  const isResponse = capture.response !== undefined || capture.headers.has('wechatpay-signature');
  return isResponse
    ? verifyCapturedResponse(capture, platformRing(profile, keys), options)
    : verifySent(capture, keys, options);
}

/** Makes a ring of all keys of the profile that may have signed a response. */
export function platformRing(
  { values }: Profile,
  { publicKey, platformCertificate }: Pick<ProfileKeys, 'publicKey' | 'platformCertificate'>,
): KeyRing {
  const id = values.wechatPayPublicKeyId?.value;
  const certificate = platformCertificate;
  return createKeyRing([
    ...(publicKey && id ? [createVerifier(id, publicKey)] : []),
    ...(certificate ? [createVerifier(certificate.serialNo, certificate.publicKey)] : []),
  ]);
}

async function verifyCapturedResponse(
  { headers: own, response }: Capture,
  ring: KeyRing,
  { body, now }: VerifyOptions,
): Promise<VerificationResult> {
  // Header lines alone do not show whether they belong to the request or the response.
  const headers = response?.headers.has('wechatpay-signature') ? response.headers : own;
  const bytes = body ?? Buffer.from(response?.body ?? '', 'latin1');
  const timestamp = headers.get('wechatpay-timestamp') ?? '';
  const nonce = headers.get('wechatpay-nonce') ?? '';
  const signed = { header: (name: string) => headers.get(name), body: bytes };
  const fault = await verifyResponse(signed, ring, now ?? Number(timestamp));
  const message = responseMessage({ timestamp, nonce, body: bytes });
  return { kind: 'response', message, key: headers.get('wechatpay-serial') ?? '?', fault };
}

async function verifySent(
  { method = '', url = '', headers, body: captured = '' }: Capture,
  { certificate, privateKey }: ProfileKeys,
  { body }: VerifyOptions,
): Promise<VerificationResult> {
  const authorization = parseAuthorization(headers.get('authorization'));
  if (typeof authorization === 'string') throw new CommandError('verify.malformed', {}, EXIT.failed);
  const publicKey = certificate?.publicKey ?? (privateKey && publicKeyOf(privateKey));
  if (!publicKey) throw new CommandError('verify.noKey');
  if (!body && headers.get('content-type')?.startsWith('multipart/'))
    throw new CommandError('verify.metaMissing', {}, EXIT.wrongUse);
  const { serialNo, timestamp, nonce } = authorization;
  const request = { method, url, body: body ?? Buffer.from(captured, 'latin1') };
  const genuine = await verifyRequest(authorization, request, createVerifier(serialNo, publicKey));
  const message = requestMessage({ ...request, timestamp, nonce });
  return { kind: 'request', message, key: serialNo, fault: genuine ? undefined : 'signatureWrong' };
}
