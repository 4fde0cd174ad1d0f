import { S3Client } from '@aws-sdk/client-s3';
import type { ClusterStoreOptions } from '../engine/options.js';

export type BucketOptions = Pick<
  ClusterStoreOptions,
  's3Bucket' | 's3Endpoint' | 's3Region' | 's3PathStyle' | 's3Encryption' | 's3KmsKeyId' | 'engineDeadlineMs'
>;

/** The most connections to the store. Each upload in progress uses one. */
export const CONNECTIONS = 128;

/** Creates the library's client, which provides endpoints, credentials and signer, and sends what is rare. */
export function clientOf(options: BucketOptions): S3Client {
  const { s3Endpoint, s3Region, s3PathStyle, engineDeadlineMs } = options;
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  return new S3Client({
    region: s3Region,
    ...(s3Endpoint !== undefined && { endpoint: s3Endpoint }),
    forcePathStyle: s3PathStyle,
    // The library would print to the console what every caller learns from an error.
    logger: SILENT,
    // engine/calls.ts repeats a call; the library must not repeat it as well.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: engineDeadlineMs, httpAgent: agent, httpsAgent: agent },
  });
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Returns the headers that make the store encrypt an object. */
export function encryptionOf({ s3Encryption, s3KmsKeyId }: BucketOptions): Record<string, string> {
  if (s3Encryption === 'none') return {};
  const keyed = s3Encryption === 'aws:kms' && s3KmsKeyId !== undefined;
  return {
    'x-amz-server-side-encryption': s3Encryption,
    ...(keyed && { 'x-amz-server-side-encryption-aws-kms-key-id': s3KmsKeyId }),
  };
}
