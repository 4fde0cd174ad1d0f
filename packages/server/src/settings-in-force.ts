import type { ServiceConfig } from './config.js';

/**
 * The settings as they may be logged: of a URL neither user nor password, nor what stands behind `?`, where drivers take
 * passwords, too.
 */
export function settingsInForce(config: ServiceConfig): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, harmless(value)]));
}

function harmless(value: unknown): unknown {
  if (typeof value !== 'string' || !value.includes('://')) return value;
  if (!URL.canParse(value)) return '(unreadable)';
  const { protocol, host, pathname } = new URL(value);
  return `${protocol}//${host}${pathname}`;
}
