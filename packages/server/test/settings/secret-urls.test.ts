import { ConfigError, describedStore, readConfig } from '@coupon-media/server';
import { expect, test } from 'vitest';
import { settingsInForce } from '../../dist/settings/redacted.js';

/** Passwords that are not valid in a URL without escapes: each would be read as another host, port, path or query. */
const PASSWORDS = ['@', '/', '?', '#', '%', '\\', ' '].flatMap((character) => [
  `Secr3t${character}Tail`,
  `Secr3t@Tail${character}Rest9`,
  `12${character}Secr3t`,
  `${character}Secr3t`,
  `Secr3t${character}`,
]);
const PARTS = /secr3t|tail|rest9/i;

const ENGINES = {
  COUPON_MEDIA_REDIS_URL: 'redis://127.0.0.1:1',
  COUPON_MEDIA_DATABASE_URL: 'postgres://u@127.0.0.1:1/x',
  COUPON_MEDIA_S3_BUCKET: 'coupons',
};

/** Every variable that contains a URL with a password, or may contain one by mistake. */
const URLS: readonly (readonly [variable: string, url: string])[] = [
  ['COUPON_MEDIA_REDIS_URL', 'redis://:P@127.0.0.1:6379'],
  ['COUPON_MEDIA_REDIS_URL', 'rediss://user:P@redis.internal/2'],
  ['COUPON_MEDIA_DATABASE_URL', 'postgres://user:P@127.0.0.1:1/coupons?sslmode=require'],
  ['COUPON_MEDIA_S3_ENDPOINT', 'https://key:P@127.0.0.1:1'],
  ['COUPON_MEDIA_PUBLIC_URL', 'https://user:P@img.example.com'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:P@127.0.0.1:4318'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://P@127.0.0.1:4318/v1/traces'],
];

test.each(URLS)(
  '%s: an unescaped password prevents the start, and the message contains nothing of it',
  (variable, form) => {
    for (const password of PASSWORDS) {
      const error = refusal({ ...ENGINES, [variable]: form.replace('P', () => password) });
      expect(error?.message, password).toMatch(new RegExp(`^${variable}: must be `));
      expect(`${error?.stack}`, password).not.toMatch(PARTS);
    }
  },
);

test('the same passwords are accepted with escapes, and never shown', () => {
  for (const password of PASSWORDS) {
    const escaped = encodeURIComponent(password);
    const environment = {
      ...ENGINES,
      COUPON_MEDIA_REDIS_URL: `redis://:${escaped}@127.0.0.1:1`,
      COUPON_MEDIA_DATABASE_URL: `postgres://user:${escaped}@127.0.0.1:1/coupons`,
    };
    const config = readConfig({}, environment);
    expect(`${describedStore(config)}${JSON.stringify(settingsInForce(config))}`).not.toMatch(PARTS);
  }
});

test.each([
  'COUPON_MEDIA_DATA',
  'COUPON_MEDIA_UPLOAD_TEMP_DIR',
  'COUPON_MEDIA_HOST',
  'COUPON_MEDIA_METRICS_HOST',
  'COUPON_MEDIA_S3_REGION',
])('%s: a key or a data URL in its place is refused and not shown', (variable) => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDSecr3t\n';
  for (const value of [key, Buffer.from(key).toString('base64'), 'data:text/plain;base64,U2VjcjN0Secr3t']) {
    const error = refusal({ [variable]: value });
    expect(error?.message).toMatch(new RegExp(`^${variable}: must be `));
    expect(error?.message).not.toMatch(/Secr3t|MII|LS0t|U2Vj/);
  }
});

function refusal(environment: Record<string, string>): ConfigError | undefined {
  try {
    readConfig({}, environment);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
