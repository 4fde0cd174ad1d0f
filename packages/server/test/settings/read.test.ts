import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../dist/settings/config.js';
import { settingRows } from '../../dist/settings/index.js';

const CLUSTER = {
  COUPON_MEDIA_DATABASE_URL: 'postgres://me:secret-word@db/coupons',
  COUPON_MEDIA_S3_BUCKET: 'coupons',
  COUPON_MEDIA_REDIS_URL: 'redis://:secret-word@cache',
};

function refused(
  environment: NodeJS.ProcessEnv,
  options: Parameters<typeof readConfig>[0] = {},
): ConfigError {
  try {
    readConfig(options, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('these settings were taken');
}

test('every variable is named like its setting, and every default is a valid value', () => {
  for (const [name, { variable, kind, default: value }] of settingRows) {
    expect(variable).toBe(`COUPON_MEDIA_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`);
    if (value !== undefined) expect(kind.read(value)).toBeDefined();
  }
});

test('the defaults are a folder, this machine alone, and the limits of the contract', () => {
  expect(readConfig({}, {})).toMatchObject({
    data: '.coupon-media',
    host: '127.0.0.1',
    port: 8787,
    publicUrl: undefined,
    quotaPerSecond: 20,
    maxInFlightMib: 256,
    serveImages: true,
    databaseUrl: undefined,
  });
});

test('an option takes precedence over the environment, and an empty variable counts as absent', () => {
  const environment = {
    COUPON_MEDIA_PORT: '1',
    COUPON_MEDIA_HOST: '',
    COUPON_MEDIA_SERVE_IMAGES: 'False',
    COUPON_MEDIA_PUBLIC_URL: 'https://img.example/',
    COUPON_MEDIA_PATIENCE: '',
    COUPON_MEDIA_WHATEVER: '',
  };
  expect(readConfig({ port: '2', quotaPerSecond: 0.5 }, environment)).toMatchObject({
    port: 2,
    host: '127.0.0.1',
    serveImages: false,
    publicUrl: 'https://img.example',
    quotaPerSecond: 0.5,
  });
});

describe('an invalid value', () => {
  const PEM = '-----BEGIN PRIVATE KEY-----\nsecret-word\n-----END PRIVATE KEY-----';

  test.each([
    ['COUPON_MEDIA_PORT', '70000', 'must be a whole number, 0 to 65535'],
    ['COUPON_MEDIA_PORT', '0x50', 'must be a whole number, 0 to 65535'],
    [
      'COUPON_MEDIA_METRICS_PORT',
      'tcp://10.0.0.1:9464',
      'must be a whole number, 0 to 65535; Kubernetes sets it for a Service of that name, unless the pod has enableServiceLinks: false',
    ],
    ['COUPON_MEDIA_QUOTA_PER_SECOND', '-1', 'must be a number of uploads per second, 0 to 1000000'],
    ['COUPON_MEDIA_MIN_RATE_WINDOW_SECONDS', '10s', 'must be a whole number of seconds, 1 to 3600'],
    ['COUPON_MEDIA_ENGINE_DEADLINE_MS', '5', 'must be a whole number of milliseconds, 100 to 60000'],
    ['COUPON_MEDIA_SERVE_IMAGES', 'maybe', 'must be true | false'],
    ['COUPON_MEDIA_REDIS_FAILURE_MODE', 'ignore', 'must be refuse | memory'],
    ['COUPON_MEDIA_DATA', PEM, 'must be the path of a folder'],
    [
      'COUPON_MEDIA_DATA',
      'data:application/x-pem-file;base64,c2VjcmV0LXdvcmQ=',
      'must be the path of a folder',
    ],
    ['COUPON_MEDIA_UPLOAD_TEMP_DIR', 'postgres://me:secret-word@db', 'must be the path of a folder'],
    [
      'COUPON_MEDIA_PUBLIC_URL',
      'https://me:secret-word@img.example',
      'must be an http:// or https:// URL of at most 150 characters, without user, query or fragment',
    ],
    [
      'COUPON_MEDIA_DATABASE_URL',
      'mysql://me:secret-word@db/coupons',
      'must be a URL that begins with postgres:// or postgresql://; / ? # @ % of its password are written %2F %3F %23 %40 %25; one host, so behind it is what follows the primary',
    ],
    [
      'COUPON_MEDIA_REDIS_URL',
      'secret-word',
      'must be a URL that begins with redis://, rediss://, redis+cluster://, rediss+cluster://, redis+sentinel://, rediss+sentinel:// or redis+unix://; / ? # @ % of its password are written %2F %3F %23 %40 %25',
    ],
    ['COUPON_MEDIA_S3_BUCKET', PEM, 'must be the name of a bucket'],
  ])('%s=%j is refused with name, bounds and unit', (variable, value, must) => {
    const { code, message, texts } = refused({ [variable]: value });
    expect([code, message]).toEqual(['SETTING_INVALID', `${variable}: ${must}`]);
    expect(texts['zh-CN']).toMatch(new RegExp(`^${variable}：应为`));
    expect(JSON.stringify(texts)).not.toMatch(/secret-word|c2VjcmV0|\\n/);
  });

  test('is refused with the name of the option that gave it', () => {
    expect(refused({}, { quotaPerSecond: 'many' })).toMatchObject({
      code: 'SETTING_INVALID',
      texts: {
        en: '--quota: must be a number of uploads per second, 0 to 1000000',
        'zh-CN': '--quota：应为数字，0 到 1000000 次/秒',
      },
    });
    expect(refused({}, { data: '' }).message).toBe('--data: must be the path of a folder');
  });
});

describe('an unknown name', () => {
  test.each([
    ['COUPON_MEDIA_QUOTA', 'COUPON_MEDIA_QUOTA_PER_SECOND'],
    ['COUPON_MEDIA_CONNECTIONS', 'COUPON_MEDIA_MAX_CONNECTIONS'],
    ['COUPON_MEDIA_IN_FLIGHT', 'COUPON_MEDIA_MAX_IN_FLIGHT_MIB'],
    ['COUPON_MEDIA_LEAST_RATE', 'COUPON_MEDIA_MIN_RATE_BYTES_PER_SECOND'],
    ['COUPON_MEDIA_PATIENCE', 'COUPON_MEDIA_MIN_RATE_WINDOW_SECONDS'],
    ['COUPON_MEDIA_DRAIN_DELAY', 'COUPON_MEDIA_DRAIN_DELAY_SECONDS'],
    ['COUPON_MEDIA_DATABASE_CONNECTIONS', 'COUPON_MEDIA_DATABASE_MAX_CONNECTIONS'],
    ['COUPON_MEDIA_S3_KMS_KEY', 'COUPON_MEDIA_S3_KMS_KEY_ID'],
    ['COUPON_MEDIA_REDIS_AWAY', 'COUPON_MEDIA_REDIS_FAILURE_MODE'],
    ['COUPON_MEDIA_SCRATCH', 'COUPON_MEDIA_UPLOAD_TEMP_DIR'],
    ['COUPON_MEDIA_ENGINE_DEADLINE', 'COUPON_MEDIA_ENGINE_DEADLINE_MS'],
  ])('%s prevents the start with a hint at %s, even if both are set', (old, now) => {
    expect(refused({ [old]: '7' })).toMatchObject({
      code: 'SETTING_RENAMED',
      texts: {
        en: `${old} is now called ${now}: rename it, its values and their unit are the same`,
        'zh-CN': `${old} 已改名为 ${now}：请改用新名，取值和单位不变`,
      },
    });
    expect(refused({ [old]: '7', [now]: '8' })).toMatchObject({
      code: 'SETTING_RENAMED',
      message: `${old} is the earlier name of ${now}, and both are set: remove ${old}`,
    });
  });

  test('several earlier names are reported in one message', () => {
    const { code, message } = refused({ COUPON_MEDIA_QUOTA: '1', COUPON_MEDIA_SCRATCH: '/tmp' });
    expect(code).toBe('SETTING_RENAMED');
    expect(message).toContain('COUPON_MEDIA_QUOTA_PER_SECOND');
    expect(message).toContain('COUPON_MEDIA_UPLOAD_TEMP_DIR');
  });

  test.each([
    ['COUPON_MEDIA_DATABSE_URL', 'COUPON_MEDIA_DATABASE_URL'],
    ['COUPON_MEDIA_PULBIC_URL', 'COUPON_MEDIA_PUBLIC_URL'],
    ['COUPON_MEDIA_DRAIN_DELAY_SECOND', 'COUPON_MEDIA_DRAIN_DELAY_SECONDS'],
    ['COUPON_MEDIA_MCHDI', 'COUPON_MEDIA_MCHID'],
  ])('%s prevents the start with a suggestion of %s', (unknown, guess) => {
    expect(refused({ [unknown]: 'secret-word' })).toMatchObject({
      code: 'SETTING_UNKNOWN',
      texts: {
        en: `no setting is called ${unknown} (did you mean ${guess}?): correct or remove it; coupon-media serve --help shows all`,
        'zh-CN': `没有这样的设置：${unknown}（是否应为 ${guess}？）；请更正或删除，全部设置见 coupon-media serve --help`,
      },
    });
  });

  test('an option with an earlier or unknown name is refused as well', () => {
    const quota: object = { quota: 7 };
    expect(refused({}, quota)).toMatchObject({
      code: 'SETTING_RENAMED',
      message: 'quota is now called quotaPerSecond: rename it, its values and their unit are the same',
    });
    const typo: object = { maxConnection: 7 };
    expect(refused({}, typo)).toMatchObject({
      code: 'SETTING_UNKNOWN',
      message: expect.stringContaining('(did you mean maxConnections?)'),
    });
  });

  test('a name that resembles no other is refused without a suggestion', () => {
    expect(refused({ COUPON_MEDIA_KAFKA: 'x', COUPON_MEDIA_TELEMETRY_SINK: 'y' })).toMatchObject({
      code: 'SETTING_UNKNOWN',
      message:
        'no setting is called COUPON_MEDIA_KAFKA, COUPON_MEDIA_TELEMETRY_SINK: correct or remove it; coupon-media serve --help shows all',
    });
  });

  test('variables that Kubernetes or Docker set for a Service of that name are ignored', () => {
    const links = {
      COUPON_MEDIA_SERVICE_HOST: '10.0.0.1',
      COUPON_MEDIA_SERVICE_PORT: '80',
      COUPON_MEDIA_SERVICE_PORT_HTTP: '80',
      COUPON_MEDIA_PORT_80_TCP: 'tcp://10.0.0.1:80',
      COUPON_MEDIA_PORT_80_TCP_ADDR: '10.0.0.1',
      COUPON_MEDIA_POSTGRES_PORT: 'tcp://10.0.0.2:5432',
    };
    expect(readConfig({ port: 0 }, links).port).toBe(0);
  });
});

test.each([
  [
    ['COUPON_MEDIA_DATABASE_URL'],
    'COUPON_MEDIA_S3_BUCKET and COUPON_MEDIA_REDIS_URL',
    'COUPON_MEDIA_DATABASE_URL is',
  ],
  [
    ['COUPON_MEDIA_S3_BUCKET', 'COUPON_MEDIA_REDIS_URL'],
    'COUPON_MEDIA_DATABASE_URL',
    'COUPON_MEDIA_S3_BUCKET and COUPON_MEDIA_REDIS_URL are',
  ],
] as const)('half a cluster, %j, is refused with the missing settings', (names, missing, given) => {
  const environment = Object.fromEntries(names.map((name) => [name, CLUSTER[name]]));
  const { code, message, texts } = refused(environment);
  expect([code, message]).toEqual([
    'CLUSTER_INCOMPLETE',
    `${missing}: must also be set, because ${given}: the nodes of a cluster share all three engines`,
  ]);
  expect(JSON.stringify(texts)).not.toContain('secret-word');
});
