/** The result of `useEngines('postgres', 's3', 'redis')`. */
export interface Places {
  readonly postgres: { url: string };
  readonly redis: { url: string };
  readonly s3: { endpoint: string; region: string; accessKey: string; secretKey: string; bucket: string };
}

/** Returns the environment of a command for a cluster. */
export function clusterEnvironment({ postgres, redis, s3 }: Places): Record<string, string> {
  return {
    COUPON_MEDIA_DATABASE_URL: postgres.url,
    COUPON_MEDIA_REDIS_URL: redis.url,
    COUPON_MEDIA_S3_BUCKET: s3.bucket,
    COUPON_MEDIA_S3_ENDPOINT: s3.endpoint,
    COUPON_MEDIA_S3_REGION: s3.region,
    COUPON_MEDIA_S3_PATH_STYLE: 'true',
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
  };
}
