import { type ClusterConfig, isCluster, readConfig } from '@coupon-media/server';

/** The result of `useEngines('postgres', 's3', 'redis')`. */
export interface Places {
  readonly postgres: { url: string };
  readonly redis: { url: string };
  readonly s3: { endpoint: string; region: string; accessKey: string; secretKey: string; bucket: string };
}

/**
 * Returns the settings of a cluster on these engines. The keys of S3 go into the environment, where the library looks
 * for them.
 */
export function clusterConfig({ postgres, redis, s3 }: Places): ClusterConfig {
  process.env.AWS_ACCESS_KEY_ID = s3.accessKey;
  process.env.AWS_SECRET_ACCESS_KEY = s3.secretKey;
  const config = readConfig(
    {
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      s3Bucket: s3.bucket,
      s3Endpoint: s3.endpoint,
      s3Region: s3.region,
      s3PathStyle: true,
    },
    {},
  );
  if (!isCluster(config)) throw new Error('the settings name no cluster');
  return config;
}
