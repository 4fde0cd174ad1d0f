import { urlPlace } from '@coupon-media/apiv3';
import type { ServiceConfig } from './config.js';
import { settingRows } from './table.js';

/**
 * The settings as they may be logged: of what the table marks as secret neither user nor password, nor what stands behind
 * `?`, where drivers take passwords, too.
 */
export function settingsInForce(config: ServiceConfig): Record<string, unknown> {
  const shown = settingRows.map(([name, { secret }]) => [
    name,
    secret ? harmless(config[name]) : config[name],
  ]);
  return { ...Object.fromEntries(shown), tracing: config.tracing };
}

function harmless(value: unknown): unknown {
  if (typeof value !== 'string' || !value.includes('://')) return value;
  const [protocol = ''] = value.split('://', 1);
  return `${protocol}://${urlPlace(value)}`;
}
