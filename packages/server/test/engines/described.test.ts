import { expect, test } from 'vitest';
import { readConfig } from '../../dist/settings/config.js';
import { describedStore } from '../../dist/settings/redacted.js';

const cluster = {
  databaseUrl: 'postgres://me:secret-word@db.internal/coupons?password=secret-word',
  redisUrl: 'rediss://:secret-word@cache.internal:6390/2',
  s3Bucket: 'coupon-images',
};

test.each([
  [{ data: '/srv/coupon-media' }, 'the folder /srv/coupon-media'],
  [
    cluster,
    'the cluster: PostgreSQL db.internal:5432/coupons, S3 bucket coupon-images at AWS us-east-1, Redis cache.internal:6390/2',
  ],
  [
    {
      ...cluster,
      databaseUrl: 'postgres:///coupons?host=/run/postgresql',
      s3Endpoint: 'http://me:secret-word@s3:7480/',
    },
    'the cluster: PostgreSQL /run/postgresql:5432/coupons, S3 bucket coupon-images at s3:7480, Redis cache.internal:6390/2',
  ],
])('a store is described by its location without secrets', (options, text) => {
  expect(describedStore(readConfig(options, {}))).toBe(text);
});

test('a folder given as an option is used even if the environment names a cluster', () => {
  const environment = {
    COUPON_MEDIA_DATABASE_URL: cluster.databaseUrl,
    COUPON_MEDIA_REDIS_URL: cluster.redisUrl,
    COUPON_MEDIA_S3_BUCKET: cluster.s3Bucket,
  };
  expect(readConfig({}, environment)).toMatchObject(cluster);
  const given = readConfig({ data: '/srv/coupon-media' }, environment);
  expect(given).toMatchObject({ data: '/srv/coupon-media' });
  expect([given.databaseUrl, given.redisUrl, given.s3Bucket]).toEqual([undefined, undefined, undefined]);
});
