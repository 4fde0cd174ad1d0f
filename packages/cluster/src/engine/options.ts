import type { EngineCall } from '@coupon-media/server/engine';

/**
 * The engines that hold records and images. The configuration of a service in a cluster has all these settings and can
 * be passed as it is.
 */
export interface ClusterStoreOptions {
  /** `postgres://…` */
  readonly databaseUrl: string;
  /** The most connections to PostgreSQL. */
  readonly databaseMaxConnections: number;
  readonly s3Bucket: string;
  /** Default: AWS, by the region. */
  readonly s3Endpoint?: string | undefined;
  readonly s3Region: string;
  /** Whether the bucket is part of the path and not of the host name. */
  readonly s3PathStyle: boolean;
  readonly s3Encryption: 'none' | 'AES256' | 'aws:kms';
  /** The key for `aws:kms`. Default: the default key of the account. */
  readonly s3KmsKeyId?: string | undefined;
  /** The folder to which images are written while they arrive. */
  readonly uploadTempDir: string;
  /** Milliseconds that one call to an engine may take. */
  readonly engineDeadlineMs: number;
}

/** All three engines. */
export interface ClusterOptions extends ClusterStoreOptions {
  /** `redis://`, `redis+cluster://`, `redis+sentinel://`, the same with `rediss`, or `redis+unix://`. */
  readonly redisUrl: string;
  /** PEM file of the authorities that Redis' certificate may come from. Default: those of Node. */
  readonly redisCaFile?: string | undefined;
  /** PEM files of this node's certificate for Redis, and of its private key. Default: none. */
  readonly redisCertFile?: string | undefined;
  readonly redisKeyFile?: string | undefined;
  /** The password of the Sentinels themselves. Default: none. */
  readonly redisSentinelPassword?: string | undefined;
  /** Without Redis: refuse uploads, or keep nonces and quotas in the memory of this node. */
  readonly redisFailureMode: 'refuse' | 'memory';
}

/** Receives every call to an engine. */
export type Observe = (call: EngineCall) => void;
