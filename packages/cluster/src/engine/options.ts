import type { EngineCall } from '@coupon-media/server/engine';

/** Which engines hold records and images. A service's configuration that names a cluster has these settings, and fits as it is. */
export interface ClusterStoreOptions {
  /** `postgres://…` */
  readonly databaseUrl: string;
  /** Connections to PostgreSQL at most. */
  readonly databaseMaxConnections: number;
  readonly s3Bucket: string;
  /** Default: AWS's own, by the region. */
  readonly s3Endpoint?: string | undefined;
  readonly s3Region: string;
  /** Whether the bucket is named in the path rather than in the host name. */
  readonly s3PathStyle: boolean;
  readonly s3Encryption: 'none' | 'AES256' | 'aws:kms';
  /** With `aws:kms`: which key, else the account's default. */
  readonly s3KmsKeyId?: string | undefined;
  /** The folder where images are written to while they arrive. */
  readonly uploadTempDir: string;
  /** Milliseconds that a call to an engine may take. */
  readonly engineDeadlineMs: number;
}

/** All three engines. */
export interface ClusterOptions extends ClusterStoreOptions {
  /** `redis://` or `rediss://`. */
  readonly redisUrl: string;
  /** While Redis is away: refuse uploads, or keep nonces and quotas in this node's memory. */
  readonly redisFailureMode: 'refuse' | 'memory';
}

/** Is told of every call to an engine. */
export type Observe = (call: EngineCall) => void;
