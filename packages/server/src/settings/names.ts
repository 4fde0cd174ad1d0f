import { nearestName } from '@coupon-media/apiv3';
import { ConfigError } from './config-error.js';
import { SETTINGS, type SettingName, settingRows } from './table.js';

const PREFIX = 'COUPON_MEDIA_';

/**
 * Rejects variables that would be ignored. A variable that is misspelt or has an earlier name may be important: a
 * cluster with a misspelt DATABASE_URL would start on an empty folder. An empty variable counts as absent.
 *
 * @throws ConfigError that names all such variables
 */
export function checkVariables(environment: NodeJS.ProcessEnv): void {
  const given = Object.keys(environment).filter((name) => name.startsWith(PREFIX) && environment[name]);
  checkNames(given, {
    now: (old) => {
      const name = EARLIER_NAMES.get(old);
      return name && SETTINGS[name].variable;
    },
    isKnown: (name) => KNOWN.has(name) || OF_CONTAINERS.test(name),
    nearest(name) {
      const guess = nearestName(
        name.slice(PREFIX.length),
        [...KNOWN].map((known) => known.slice(PREFIX.length)),
      );
      return guess && `${PREFIX}${guess}`;
    },
  });
}

/**
 * Rejects options that would be ignored, by the names of the settings table.
 *
 * @throws ConfigError that names all such options
 */
export function checkOptions(options: Readonly<Record<string, unknown>>): void {
  const known = [...settingRows.map(([name]) => name), 'tracing'];
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  checkNames(given, {
    now: (old) => EARLIER_OPTIONS.get(old),
    isKnown: (name) => known.includes(name),
    nearest: (name) => nearestName(name, known),
  });
}

/** The names of one kind, variables or options. */
interface Names {
  /** @returns the current name of a setting, by an earlier name */
  now(name: string): string | undefined;
  isKnown(name: string): boolean;
  nearest(name: string): string | undefined;
}

function checkNames(given: readonly string[], names: Names): void {
  const old = given.flatMap((name) => {
    const now = names.now(name);
    return now === undefined ? [] : [{ name, now, isTwice: given.includes(now) }];
  });
  if (old.length > 0) throw renamed(old);
  const unknown = given.filter((name) => !names.isKnown(name));
  if (unknown.length > 0) throw unknownNames(unknown.map((name) => ({ name, guess: names.nearest(name) })));
}

/** Names of variables before they contained units. Their values and meanings have not changed. */
const EARLIER_NAMES: ReadonlyMap<string, SettingName> = new Map([
  ['COUPON_MEDIA_QUOTA', 'quotaPerSecond'],
  ['COUPON_MEDIA_CONNECTIONS', 'maxConnections'],
  ['COUPON_MEDIA_IN_FLIGHT', 'maxInFlightMib'],
  ['COUPON_MEDIA_LEAST_RATE', 'minRateBytesPerSecond'],
  ['COUPON_MEDIA_PATIENCE', 'minRateWindowSeconds'],
  ['COUPON_MEDIA_DRAIN_DELAY', 'drainDelaySeconds'],
  ['COUPON_MEDIA_DATABASE_CONNECTIONS', 'databaseMaxConnections'],
  ['COUPON_MEDIA_S3_KMS_KEY', 's3KmsKeyId'],
  ['COUPON_MEDIA_REDIS_AWAY', 'redisFailureMode'],
  ['COUPON_MEDIA_SCRATCH', 'uploadTempDir'],
  ['COUPON_MEDIA_ENGINE_DEADLINE', 'engineDeadlineMs'],
]);

/** The same names as options: QUOTA was `quota`. */
const EARLIER_OPTIONS: ReadonlyMap<string, string> = new Map(
  [...EARLIER_NAMES].map(([variable, name]) => [
    variable
      .slice(PREFIX.length)
      .toLowerCase()
      .replace(/_./g, (letter) => letter.slice(1).toUpperCase()),
    name,
  ]),
);

/**
 * Variables that other commands of `coupon-media` read: the uploader and its keys. A test compares them with the table
 * of those commands.
 */
const OF_CLIENTS = [
  'BASE_URL',
  'MCHID',
  'BRAND_ID',
  'PRIVATE_KEY',
  'CERTIFICATE',
  'CERTIFICATE_SERIAL_NO',
  'WECHAT_PAY_PUBLIC_KEY_ID',
  'WECHAT_PAY_PUBLIC_KEY',
  'PLATFORM_CERTIFICATE',
  'API_V3_KEY',
  'PROFILE',
].map((name) => `${PREFIX}${name}`);

const KNOWN: ReadonlySet<string> = new Set([
  ...settingRows.map(([, { variable }]) => variable),
  ...OF_CLIENTS,
]);

/** Variables that Kubernetes and Docker set for a Service or a linked container whose name begins with coupon-media. */
const OF_CONTAINERS = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

function renamed(old: readonly { name: string; now: string; isTwice: boolean }[]): ConfigError {
  const lines = old.map(({ name, now, isTwice }) =>
    isTwice
      ? {
          en: `${name} is the earlier name of ${now}, and both are set: remove ${name}`,
          'zh-CN': `${name} 是 ${now} 的旧名，且两者都已设置：请删除 ${name}`,
        }
      : {
          en: `${name} is now called ${now}: rename it, its values and their unit are the same`,
          'zh-CN': `${name} 已改名为 ${now}：请改用新名，取值和单位不变`,
        },
  );
  return new ConfigError('SETTING_RENAMED', {
    en: lines.map(({ en }) => en).join('; '),
    'zh-CN': lines.map((line) => line['zh-CN']).join('；'),
  });
}

function unknownNames(unknown: readonly { name: string; guess: string | undefined }[]): ConfigError {
  const listed = (did: (guess: string) => string) =>
    unknown.map(({ name, guess }) => `${name}${guess ? did(guess) : ''}`);
  return new ConfigError('SETTING_UNKNOWN', {
    en: `no setting is called ${listed((guess) => ` (did you mean ${guess}?)`).join(', ')}: correct or remove it; coupon-media serve --help shows all`,
    'zh-CN': `没有这样的设置：${listed((guess) => `（是否应为 ${guess}？）`).join('、')}；请更正或删除，全部设置见 coupon-media serve --help`,
  });
}
