import { type ClusterConfig, isCluster, readConfig } from '@coupon-media/server';

/** What `useEngines('postgres', 's3', 'redis')` gives. */
export interface Places {
  readonly postgres: { url: string };
  readonly redis: { url: string };
  readonly s3: { endpoint: string; region: string; accessKey: string; secretKey: string; bucket: string };
}

/** The settings of a cluster on these engines. S3's keys go where the library looks for them: into the environment. */
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
