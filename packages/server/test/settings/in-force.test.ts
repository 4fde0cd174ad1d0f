import { expect, test } from 'vitest';
import { readConfig } from '../../dist/settings/config.js';
import { settingsInForce } from '../../dist/settings/redacted.js';

test('logged settings contain no password, wherever a driver would accept one', () => {
  const config = readConfig(
    {},
    {
      COUPON_MEDIA_DATABASE_URL:
        'postgres://someone:secret1@db:5433/coupons?password=secret2&sslmode=require',
      COUPON_MEDIA_S3_BUCKET: 'coupons',
      COUPON_MEDIA_S3_ENDPOINT: 'https://key:secret3@s3.example:7480',
      COUPON_MEDIA_REDIS_URL: 'rediss://:secret4@redis.example/3',
    },
  );
  const settings = settingsInForce(config);
  expect(settings).toMatchObject({
    databaseUrl: 'postgres://db:5433/coupons',
    s3Endpoint: 'https://s3.example:7480',
    redisUrl: 'rediss://redis.example/3',
    s3Bucket: 'coupons',
    quotaPerSecond: 20,
    tracing: false,
  });
  expect(JSON.stringify(settings)).not.toMatch(/secret|someone/);
});

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
])('tracing follows the usual variables: %j', (environment, tracing) => {
  expect(readConfig({}, environment).tracing).toBe(tracing);
});
