import { filled, isUnambiguousUrl, type Text, unambiguousUrlRule } from '@coupon-media/apiv3';
import { OptionError } from '../errors.js';
import { isExcepted } from './no-proxy.js';

/** The proxy through which an origin is reached. */
export interface ProxyRoute {
  /** Host and port of the proxy: `127.0.0.1:3128`. It never holds a password. */
  readonly place: string;
  /** Where it was configured: `HTTPS_PROXY` or another variable, or `proxy`, the option. */
  readonly from: string;
  readonly protocol: ProxyProtocol;
  /** The URL with user and password. It is not enumerable, so that no log prints it. */
  readonly url: URL;
}

export type ProxyProtocol = 'http' | 'https' | 'socks5';

/** A proxy's URL, false for none, or undefined for what the environment says. */
export type ProxyOption = string | false | undefined;

/**
 * Chooses the proxy for an origin. From the environment it reads what curl reads: `https_proxy` or `HTTPS_PROXY` for https,
 * `http_proxy` for http, `all_proxy` or `ALL_PROXY` for both, and `no_proxy` or `NO_PROXY`. It differs in four points, each the safer
 * choice for a service: `HTTP_PROXY` in capitals is read, too, except under CGI (where a client's header could set it); 127.0.0.1, ::1 and
 * localhost never go through a proxy; an entry of NO_PROXY may have a port; and a proxy without a port has that of its protocol.
 *
 * @param origin `https://api.mch.weixin.qq.com`
 * @param proxy a URL, false for none; by default the environment decides
 * @returns undefined for a direct connection
 * @throws OptionError if the URL of the proxy cannot be used; the message names the variable
 * @example
 * ```ts
 * import { proxyFor } from '@coupon-media/client';
 *
 * const route = proxyFor('https://api.mch.weixin.qq.com', undefined, { HTTPS_PROXY: 'proxy.example:3128' });
 * console.log(route?.place, route?.from); // proxy.example:3128 HTTPS_PROXY
 * ```
 */
export function proxyFor(
  origin: string,
  proxy?: ProxyOption,
  environment: NodeJS.ProcessEnv = process.env,
): ProxyRoute | undefined {
  if (proxy === false || proxy === '') return undefined;
  if (proxy !== undefined) return routeOf('proxy', proxy);
  const target = new URL(origin);
  const [from, value] = variableFor(target.protocol, environment) ?? [];
  if (from === undefined || value === undefined) return undefined;
  const route = routeOf(from, value);
  return isExcepted(target, given('no_proxy', environment) ?? given('NO_PROXY', environment) ?? '')
    ? undefined
    : route;
}

/**
 * Gives the proxy of each origin, from the environment as it was when the client was made. A wrong value is reported at once,
 * whatever the hosts are.
 *
 * @throws OptionError
 */
export function createRoutes(proxy: ProxyOption): (origin: string) => ProxyRoute | undefined {
  const environment = { ...process.env };
  const known = new Map<string, ProxyRoute | undefined>();
  function routes(origin: string): ProxyRoute | undefined {
    if (!known.has(origin)) known.set(origin, proxyFor(origin, proxy, environment));
    return known.get(origin);
  }
  for (const origin of ['https://any.invalid', 'http://any.invalid']) routes(origin);
  return routes;
}

function variableFor(
  protocol: string,
  environment: NodeJS.ProcessEnv,
): [name: string, value: string] | undefined {
  // Under CGI, the header `Proxy` of any client becomes HTTP_PROXY.
  const isCgi = given('REQUEST_METHOD', environment) !== undefined;
  const own =
    protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', ...(isCgi ? [] : ['HTTP_PROXY'])];
  for (const name of [...own, 'all_proxy', 'ALL_PROXY']) {
    const value = given(name, environment);
    if (value !== undefined) return [name, value];
  }
  return undefined;
}

/** An empty variable counts as none, as with curl. */
function given(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return environment[name]?.trim() || undefined;
}

/** `proxy:3128` is read as `http://proxy:3128`. The message does not repeat the URL, which may hold a password. */
function routeOf(from: string, text: string): ProxyRoute {
  const uri = text.includes('://') ? text : `http://${text}`;
  const [scheme = ''] = uri.toLowerCase().split(':', 1);
  const protocol = PROTOCOLS[scheme];
  const url = isUnambiguousUrl(uri) && /^\/?$/.test(pathOf(uri)) ? new URL(uri) : undefined;
  if (protocol && url && url.hostname !== '' && url.hostname.length <= 253) {
    const port = url.port || DEFAULT_PORTS[protocol];
    const route = { place: `${url.hostname}:${port}`, from, protocol, url };
    return Object.defineProperty(route, 'url', { enumerable: false });
  }
  const other = OTHERS[scheme];
  throw new OptionError(
    'proxy',
    filled(NO_PROXY, {
      from,
      rule: unambiguousUrlRule(['http', 'https', 'socks5']),
      other: other ?? NOTHING,
    }),
  );
}

function pathOf(uri: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(uri)?.[1] ?? '?';
}

/** With each SOCKS5 scheme the proxy resolves names, as curl does with socks5h: a merchant's network may not resolve them. */
const PROTOCOLS: Readonly<Record<string, ProxyProtocol>> = {
  http: 'http',
  https: 'https',
  socks: 'socks5',
  socks5: 'socks5',
  socks5h: 'socks5',
};

const DEFAULT_PORTS: Readonly<Record<ProxyProtocol, string>> = { http: '80', https: '443', socks5: '1080' };

const NOTHING: Text = { 'zh-CN': '', en: '' };
const SOCKS4: Text = {
  'zh-CN': '；不支持 SOCKS4，请改用代理软件的 socks5:// 或 http:// 地址',
  en: '; SOCKS4 is not supported, use the socks5:// or http:// address of the proxy',
};
/** What is known of schemes that cannot be used. */
const OTHERS: Readonly<Record<string, Text>> = {
  socks4: SOCKS4,
  socks4a: SOCKS4,
  pac: {
    'zh-CN': '；不支持 PAC 文件，请填写其中的代理地址',
    en: '; PAC files are not supported, give the proxy that it names',
  },
};

const NO_PROXY: Text = {
  'zh-CN': '{from} 应为{rule}{other}',
  en: '{from} must be {rule}{other}',
};
