import { S3ServiceException } from '@aws-sdk/client-s3';
import { withoutSecrets } from '@coupon-media/apiv3';
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
  ['SignatureDoesNotMatch', 'the secret does not belong to the access key'],
  ['InvalidAccessKeyId', 'there is no such access key'],
  ['NoSuchBucket', 'there is no such bucket'],
  ['AccessDenied', 'the access key may not read, write or list this bucket'],
  ['RequestTimeTooSkewed', 'the clocks of this machine and the store differ'],
];
