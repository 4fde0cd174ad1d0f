import { S3ServiceException } from '@aws-sdk/client-s3';
import { withoutSecrets } from '@coupon-media/apiv3';
import { EngineError } from '../engine/calls.js';

/** Whether S3 was away, or in no state to answer; false where it answered, if only to refuse. */
export function isAway(error: unknown): boolean {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 0;
    // 429 and SlowDown (503) are how a store asks for a pause.
    return status >= 500 || status === 429 || status === 408;
  }
  // Without credentials nothing was asked; a mistake of ours is no outage either.
  return !(error instanceof TypeError || (error as Error).name === 'CredentialsProviderError');
}

/** A catch clause that takes "no such object" for an answer. */
export function absent(error: unknown): undefined {
  if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)) throw error;
}

/** What S3 said, with what to do about it where that is known. */
export function reasonOf(error: unknown): string {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode;
    const hint = HINTS.find(([name]) => name === error.name)?.[1];
    return `${error.name} (${status})${hint ? `: ${hint}` : ''}`;
  }
  if (error instanceof EngineError && error.cause !== undefined) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? withoutSecrets(error.message) || error.name : String(error);
}

const HINTS: readonly (readonly [name: string, hint: string])[] = [
  ['SignatureDoesNotMatch', 'the secret is not the access key’s'],
  ['InvalidAccessKeyId', 'there is no such access key'],
  ['NoSuchBucket', 'there is no such bucket'],
  ['AccessDenied', 'the access key may not read, write or list this bucket'],
  ['RequestTimeTooSkewed', 'the clocks of this machine and the store differ'],
];
