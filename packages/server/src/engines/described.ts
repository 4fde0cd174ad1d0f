import path from 'node:path';
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
    `the cluster: PostgreSQL ${place(config.databaseUrl, '5432')}`,
    `S3 bucket ${s3Bucket} at ${s3Endpoint ? place(s3Endpoint) : `AWS ${s3Region}`}`,
    `Redis ${place(config.redisUrl, '6379')}`,
  ].join(', ');
}

/** Neither user nor password, nor what stands behind `?`, where a driver takes passwords, too. */
function place(url: string, defaultPort?: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = hostname || searchParams.get('host') || 'localhost';
  const at = port || defaultPort;
  return `${host}${at ? `:${at}` : ''}${pathname === '/' ? '' : pathname}`;
}
