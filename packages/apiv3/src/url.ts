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
  if (/[\s\\]|%(?![0-9a-f]{2})/i.test(text)) return false;
  const each = urlOfEachHost(text);
  return (each.length === 1 || SEVERAL_HOSTS.test(protocol)) && each.every((url) => URL.canParse(url));
}

/** URLs of engines that are reached by any of several hosts: `redis+sentinel://a:26379,b:26379/name`. */
const SEVERAL_HOSTS = /^rediss?\+(cluster|sentinel)$/i;

/** Parsers know one host, and none for a socket with a password: `redis+unix://:password@/run/redis.sock`. */
function urlOfEachHost(text: string): string[] {
  const [, protocol = '', user = '', hosts = ''] = /^([^:]*):\/\/([^/?#]*@)?([^/?#]*)/.exec(text) ?? [];
  const before = SOCKET.test(protocol) ? '' : user;
  return hosts.split(',').map((host) => text.replace(`//${user}${hosts}`, () => `//${before}${host}`));
}

const SOCKET = /\+unix$/i;

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
  const listed = (comma: string, or: string) =>
    [beginnings.slice(0, -1).join(comma), beginnings.at(-1)].filter(Boolean).join(or);
  return {
    'zh-CN': `以 ${listed('、', ' 或 ')} 开头的 URL；密码中的 / ? # @ % 要写成 %2F %3F %23 %40 %25`,
    en: `a URL that begins with ${listed(', ', ' or ')}; / ? # @ % of its password are written %2F %3F %23 %40 %25`,
  };
}

/**
 * Shows where a URL leads: hosts, ports and path, without user, password and query, since drivers take passwords there, too.
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
  const urls = urlOfEachHost(text).map((url) => new URL(url));
  const [{ protocol, pathname, searchParams } = new URL(text)] = urls;
  if (SOCKET.test(protocol.slice(0, -1))) return pathname;
  const port = /\+sentinel:$/.test(protocol) ? SENTINEL_PORT : defaultPort;
  const places = urls.map((url) => {
    const at = url.port || port;
    return `${url.hostname || searchParams.get('host') || 'localhost'}${at ? `:${at}` : ''}`;
  });
  return `${places.join(',')}${pathname === '/' ? '' : pathname}`;
}

const SENTINEL_PORT = '26379';
