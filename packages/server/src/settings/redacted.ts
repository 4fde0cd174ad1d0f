import path from 'node:path';
import { type Language, urlPlace } from '@coupon-media/apiv3';
import { isCluster, type ServiceConfig } from './config.js';
import { settingRows } from './table.js';

/**
 * Returns the settings as they may be logged. Values that the table marks as secret lose their user, their password,
 * and everything after `?`, because drivers accept passwords there as well.
 */
export function settingsInForce(config: ServiceConfig): Record<string, unknown> {
  const shown = settingRows.map(([name, { secret }]) => [
    name,
    secret ? harmless(config[name]) : config[name],
  ]);
  return { ...Object.fromEntries(shown), tracing: config.tracing };
}

function harmless(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (!value.includes('://')) return '(not shown)'; // a password of its own
  const [protocol = ''] = value.split('://', 1);
  return `${protocol}://${urlPlace(value)}`;
}

/**
 * Describes the store that a configuration names by hosts, names and folders, without passwords.
 *
 * @returns `the folder /srv/coupon-media`, or `the cluster: PostgreSQL db:5432/coupons, S3 …, Redis …`
 */
export function describedStore(config: ServiceConfig, language: Language = 'en'): string {
  const [folder, cluster, bucket, at, comma] = WORDS[language];
  if (!isCluster(config)) return `${folder}${path.resolve(config.data)}`;
  const { s3Bucket, s3Endpoint, s3Region } = config;
  return [
    `${cluster}PostgreSQL ${urlPlace(config.databaseUrl, '5432')}`,
    `${bucket}${s3Bucket}${at}${s3Endpoint ? urlPlace(s3Endpoint) : `AWS ${s3Region}`}`,
    `Redis ${urlPlace(config.redisUrl, '6379')}`,
  ].join(comma);
}

/** The words before a folder, a cluster, a bucket and its location, and between the engines of a cluster. */
const WORDS = {
  en: ['the folder ', 'the cluster: ', 'S3 bucket ', ' at ', ', '],
  'zh-CN': ['数据目录 ', '集群：', 'S3 存储桶 ', ' 位于 ', '，'],
} as const satisfies Record<Language, readonly string[]>;
