import type { Text } from './text.js';

/**
 * Whether a URL is read by everybody as its writer meant it. Where a password has a `/`, `?`, `#`, `@` or `%` in it that is
 * not escaped, the URL has another host, path or query than was meant, and parts of the password are taken for them: such a
 * URL is not used, and no part of it is told.
 *
 * @param protocols those that it may have, without a colon. Default: any
 */
export function isUnambiguousUrl(text: string, protocols?: readonly string[]): boolean {
  const [, protocol = '', authority = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(text) ?? [];
  if (protocol === '' || !(protocols?.includes(protocol.toLowerCase()) ?? true)) return false;
  if (rest.includes('@') || authority.indexOf('@') !== authority.lastIndexOf('@')) return false;
  return !/[\s\\]|%(?![0-9a-f]{2})/i.test(text) && URL.canParse(text);
}

/** What such a URL is, behind "must be": for whoever gave one that {@link isUnambiguousUrl} refuses. */
export function unambiguousUrlRule(protocols: readonly string[]): Text {
  const beginnings = protocols.map((protocol) => `${protocol}://`);
  return {
    'zh-CN': `以 ${beginnings.join(' 或 ')} 开头的 URL；密码中的 / ? # @ % 要写成 %2F %3F %23 %40 %25`,
    en: `a URL that begins with ${beginnings.join(' or ')}; / ? # @ % of its password are written %2F %3F %23 %40 %25`,
  };
}

/**
 * Where a URL leads, for people: host, port and path, with neither user nor password, nor what stands behind `?`, where drivers take
 * passwords, too.
 *
 * @param defaultPort told where the URL names none
 */
export function urlPlace(text: string, defaultPort?: string): string {
  if (!isUnambiguousUrl(text)) return '(a URL that is not told: its password needs escaping)';
  const { hostname, port, pathname, searchParams } = new URL(text);
  const host = hostname || searchParams.get('host') || 'localhost';
  const at = port || defaultPort;
  return `${host}${at ? `:${at}` : ''}${pathname === '/' ? '' : pathname}`;
}
