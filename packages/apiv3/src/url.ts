import type { Text } from './text.js';

/**
 * Tells whether every parser reads a URL as its writer meant it. If a password holds an unescaped `/`, `?`, `#`, `@` or `%`,
 * parsers take parts of the password for the host, the path or the query. Such a URL is not used, and no part of it is shown.
 *
 * @param protocols the allowed protocols, without a colon. Default: any
 * @example
 * ```ts
 * import { isUnambiguousUrl } from '@coupon-media/apiv3';
 *
 * console.log(isUnambiguousUrl('redis://user:p%2Fw@cache:6379', ['redis'])); // true
 * console.log(isUnambiguousUrl('redis://user:p/w@cache:6379', ['redis'])); // false
 * ```
 */
export function isUnambiguousUrl(text: string, protocols?: readonly string[]): boolean {
  const [, protocol = '', authority = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(text) ?? [];
  if (protocol === '' || !(protocols?.includes(protocol.toLowerCase()) ?? true)) return false;
  if (rest.includes('@') || authority.indexOf('@') !== authority.lastIndexOf('@')) return false;
  return !/[\s\\]|%(?![0-9a-f]{2})/i.test(text) && URL.canParse(text);
}

/**
 * Reads the address of a service in any spelling: with a slash behind it, in capitals, with the usual port. Client, `doctor` and the
 * ledger read it here, so that two spellings are one service.
 *
 * @returns the origin; undefined if the text is not only an origin, or has a user
 * @example
 * ```ts
 * import { originOf } from '@coupon-media/apiv3';
 *
 * console.log(originOf('HTTPS://api.mch.weixin.qq.com:443/')); // 'https://api.mch.weixin.qq.com'
 * ```
 */
export function originOf(text: string): string | undefined {
  const spelt = text.trim();
  if (!/^https?:\/\/[^/?#@\s\\]+\/?$/i.test(spelt) || !URL.canParse(spelt)) return undefined;
  const { hostname, origin } = new URL(spelt);
  // A key given in place of a host name is longer than any name.
  return hostname.length <= 253 ? origin : undefined;
}

/**
 * The text after "must be" in a message about a URL that {@link isUnambiguousUrl} refuses.
 *
 * @example
 * ```ts
 * import { unambiguousUrlRule } from '@coupon-media/apiv3';
 *
 * console.log(unambiguousUrlRule(['redis']).en.slice(0, 35)); // 'a URL that begins with redis://; / '
 * ```
 */
export function unambiguousUrlRule(protocols: readonly string[]): Text {
  const beginnings = protocols.map((protocol) => `${protocol}://`);
  return {
    'zh-CN': `以 ${beginnings.join(' 或 ')} 开头的 URL；密码中的 / ? # @ % 要写成 %2F %3F %23 %40 %25`,
    en: `a URL that begins with ${beginnings.join(' or ')}; / ? # @ % of its password are written %2F %3F %23 %40 %25`,
  };
}

/**
 * Shows where a URL leads: host, port and path, without user, password and query, since drivers take passwords there, too.
 *
 * @param defaultPort the port to show if the URL has none
 * @example
 * ```ts
 * import { urlPlace } from '@coupon-media/apiv3';
 *
 * console.log(urlPlace('postgres://user:secret@database/coupons', '5432')); // 'database:5432/coupons'
 * ```
 */
export function urlPlace(text: string, defaultPort?: string): string {
  if (!isUnambiguousUrl(text)) return '(a URL that is not shown: its password needs escaping)';
  const { hostname, port, pathname, searchParams } = new URL(text);
  const host = hostname || searchParams.get('host') || 'localhost';
  const at = port || defaultPort;
  return `${host}${at ? `:${at}` : ''}${pathname === '/' ? '' : pathname}`;
}
