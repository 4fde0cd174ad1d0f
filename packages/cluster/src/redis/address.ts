import { isUnambiguousUrl, type Text, unambiguousUrlRule, urlPlace } from '@coupon-media/apiv3';
import { LimitsError } from './errors.js';

/** What the URL of a Redis says. */
export interface RedisAddress {
  /**
   * `server`: one server, or a node of a Redis Cluster. `cluster`: nodes of a Redis Cluster. `sentinel`: Sentinels, which
   * know the primary. `socket`: a Unix socket.
   */
  readonly way: 'server' | 'cluster' | 'sentinel' | 'socket';
  readonly tls: boolean;
  /** Empty for a socket. */
  readonly hosts: readonly HostAndPort[];
  /** The path of a socket. */
  readonly path: string;
  /** The name under which Sentinels know the primary. */
  readonly primary: string;
  readonly database: number;
  readonly username: string;
  readonly password: string;
  /** Hosts, ports and path, for messages: nothing secret. */
  readonly place: string;
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** The protocols, and what each means. */
const PROTOCOLS: Readonly<Record<string, Pick<RedisAddress, 'way' | 'tls'>>> = {
  redis: { way: 'server', tls: false },
  rediss: { way: 'server', tls: true },
  'redis+cluster': { way: 'cluster', tls: false },
  'rediss+cluster': { way: 'cluster', tls: true },
  'redis+sentinel': { way: 'sentinel', tls: false },
  'rediss+sentinel': { way: 'sentinel', tls: true },
  'redis+unix': { way: 'socket', tls: false },
};

/** What follows the hosts, the only parameter that may follow a `?`, and the usual port. */
const PATHS: Readonly<Record<RedisAddress['way'], { form: RegExp; parameter?: string; port: number }>> = {
  server: { form: /^(?:\/(?<database>\d*))?$/, port: 6379 },
  cluster: { form: /^\/?$/, port: 6379 },
  sentinel: { form: /^\/(?<primary>[^/]+)(?:\/(?<database>\d*))?$/, port: 26_379 },
  socket: { form: /^(?<path>\/.*[^/])$/, parameter: 'db', port: 0 },
};

/**
 * Reads the URL of a Redis. The library's own reader is not used: it takes every parameter of a URL for one of its
 * options.
 *
 * @throws LimitsError `SETTINGS`, without any part of the URL
 */
export function readRedisUrl(url: string): RedisAddress {
  const [, protocol = '', user = '', hosts = '', path = '', query = ''] =
    /^([^:]*):\/\/(?:([^/?#]*)@)?([^/?#]*)([^?#]*)\??([^#]*)$/s.exec(url) ?? [];
  const kind = PROTOCOLS[protocol.toLowerCase()];
  if (!kind || !isUnambiguousUrl(url)) throw unusable(unambiguousUrlRule(Object.keys(PROTOCOLS)));
  const { way, tls } = kind;
  const { form, parameter, port } = PATHS[way];
  const read = decoded(path, way).match(form);
  const parameters = new URLSearchParams(query);
  const database = (parameter && parameters.get(parameter)) ?? read?.groups?.database ?? '';
  const isKnown = [...parameters.keys()].every((name) => name === parameter);
  if (!read || !isKnown || !/^\d*$/.test(database)) throw unusable(FORMS[way]);
  const colon = user.includes(':') ? user.indexOf(':') : user.length;
  return {
    way,
    tls,
    hosts: way === 'socket' ? [] : hosts.split(',').map((host) => hostAndPort(host, port)),
    path: read.groups?.path ?? '',
    primary: read.groups?.primary ?? '',
    database: Number(database),
    username: decoded(user.slice(0, colon), way),
    password: decoded(user.slice(colon + 1), way),
    place: urlPlace(url, '6379'),
  };
}

function decoded(text: string, way: RedisAddress['way']): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unusable(FORMS[way]); // an escape that is no UTF-8
  }
}

function hostAndPort(text: string, usual: number): HostAndPort {
  const { hostname, port } = new URL(`redis://${text || 'localhost'}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usual) };
}

function unusable(form: Text): LimitsError {
  return new LimitsError('SETTINGS', {
    'zh-CN': `Redis 的 URL 应为${form['zh-CN']}`,
    en: `the URL of Redis must be ${form.en}`,
  });
}

/** How the URL of each way is written. */
const FORMS: Readonly<Record<RedisAddress['way'], Text>> = {
  server: {
    'zh-CN':
      ' redis://host:6379/0 的形式：主机后只能跟数据库编号，不能带参数；Unix 套接字写作 redis+unix:///路径',
    en: 'redis://host:6379/0, with only the number of a database behind the host and no parameters; a Unix socket is redis+unix:///path',
  },
  cluster: {
    'zh-CN': ' redis+cluster://host1:6379,host2:6379 的形式：集群没有数据库编号，也不能带参数',
    en: 'redis+cluster://host1:6379,host2:6379: a cluster has no numbered databases, and the URL no parameters',
  },
  sentinel: {
    'zh-CN': ' redis+sentinel://host1:26379,host2:26379/主节点名/0 的形式，不能带参数',
    en: 'redis+sentinel://host1:26379,host2:26379/NAME/0: the name that the Sentinels give the primary, then the number of a database, and no parameters',
  },
  socket: {
    'zh-CN': ' redis+unix:///run/redis/redis.sock?db=0 的形式',
    en: 'redis+unix:///run/redis/redis.sock?db=0',
  },
};
