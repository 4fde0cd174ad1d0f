import { S3ServiceException } from '@aws-sdk/client-s3';
import { both, errorText, type Text, withReason } from '@coupon-media/apiv3';
import { EngineError } from '../engine/calls.js';

/** Whether the error means that S3 was unavailable. A store that responded, even with a refusal, is available. */
export function isAway(error: unknown): boolean {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 0;
    // A store uses 429 and SlowDown (503) to ask for a pause.
    return status >= 500 || status === 429 || status === 408;
  }
  // Without credentials no request was sent, and a mistake in our code is not an outage either.
  return !(error instanceof TypeError || (error as Error).name === 'CredentialsProviderError');
}

/** Handles "no such object" in a catch clause and rethrows everything else. */
export function absent(error: unknown): undefined {
  if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)) throw error;
}

/** Returns the reason of an S3 error, with a remedy if one is known. */
export function reasonOf(error: unknown): Text {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode;
    const hint = HINTS.find(([name]) => name === error.name)?.[1];
    const said = `${error.name} (${status})`;
    return hint ? withReason(said, hint) : both(said);
  }
  if (error instanceof EngineError && error.cause !== undefined) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return errorText(error);
}

const HINTS: readonly (readonly [name: string, hint: Text])[] = [
  [
    'SignatureDoesNotMatch',
    { 'zh-CN': 'secret 与 access key 不匹配', en: 'the secret does not belong to the access key' },
  ],
  ['InvalidAccessKeyId', { 'zh-CN': '没有这个 access key', en: 'there is no such access key' }],
  ['NoSuchBucket', { 'zh-CN': '没有这个存储桶', en: 'there is no such bucket' }],
  [
    'AccessDenied',
    {
      'zh-CN': '该 access key 没有读、写或列出此存储桶的权限',
      en: 'the access key may not read, write or list this bucket',
    },
  ],
  [
    'RequestTimeTooSkewed',
    { 'zh-CN': '本机与存储端的时钟不一致', en: 'the clocks of this machine and the store differ' },
  ],
];
