import path from 'node:path';
import { urlPlace } from '@coupon-media/apiv3';
import { isCluster, type ServiceConfig } from '../config.js';

/**
 * Which store a configuration names, for people: hosts, names and folders, and no password.
 *
 * @returns `the folder /srv/coupon-media`, or `the cluster: PostgreSQL db:5432/coupons, S3 …, Redis …`
 */
export function describedStore(config: ServiceConfig): string {
  if (!isCluster(config)) return `the folder ${path.resolve(config.data)}`;
  const { s3Bucket, s3Endpoint, s3Region } = config;
  return [
    `the cluster: PostgreSQL ${urlPlace(config.databaseUrl, '5432')}`,
    `S3 bucket ${s3Bucket} at ${s3Endpoint ? urlPlace(s3Endpoint) : `AWS ${s3Region}`}`,
    `Redis ${urlPlace(config.redisUrl, '6379')}`,
  ].join(', ');
}
