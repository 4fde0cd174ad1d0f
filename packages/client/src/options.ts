import {
  filled,
  isLoopbackUrl,
  type Language,
  hosts as liveHosts,
  originOf,
  redactedOrigin,
  VERSION,
} from '@coupon-media/apiv3';
import type { Dispatcher } from 'undici/index.js';
import {
  type CallerCredentials,
  type CredentialOptions,
  readCredentials,
  refusePublishedKey,
  refusePublishedKeys,
} from './credentials.js';
import { type Effects, realEffects } from './effects.js';
import { OptionError } from './errors.js';
import type { Deadlines } from './exchange.js';
import type { Hooks } from './hooks.js';
import type { FailoverOptions } from './hosts.js';
import { createLimiter, type Limiter, type LimitOptions, sharedLimiter } from './limiter.js';
import { nextCertificatesOf, withProfile } from './profile.js';
import { createDispatcher } from './proxy/dispatcher.js';
import { createRoutes, type ProxyRoute } from './proxy/route.js';
import { BACKOFF } from './retry.js';
import { type NextCertificate, readNextCertificate } from './rotation.js';

/** The options of a client. They are checked once, when the client is made. */
export interface ClientOptions extends CredentialOptions {
  /**
   * A profile: a JSON file with `mchid`, `privateKeyPath` and so on, as `coupon-media config init` and the sandbox write it. Its paths
   * are relative to it. The other options take precedence.
   */
  profile?: string | URL | undefined;
  /** Origins, main first, then backups. Default: the live service's two (contract 1.1). */
  hosts?: readonly string[] | undefined;
  /** A single origin, as the sandbox prints it; the same as `hosts` with one entry. */
  baseUrl?: string | undefined;
  /** When to switch to the next host, and for how long. */
  failover?: FailoverOptions | undefined;
  /** Retries after 429, 5xx and network failures, from 0 to 3. Default 3: after 1, 2 and 4 s (contract 6.2). */
  retries?: number | undefined;
  /**
   * Milliseconds for each stage of an attempt, and for a call in all. Default: 5,000 to connect, 30,000 to send, 15,000 for the
   * response; `total` is their sum, 50,000, within which a call is also retried. Waiting for the limit, or as long as `Retry-After`
   * asks, does not count.
   */
  deadlines?: Partial<Deadlines> | undefined;
  /**
   * The limit of calls: numbers for this client alone; with a `key`, shared by all clients of this process with this key; or a
   * limiter of createLimiter, shared by all clients that receive it. Default: 8 calls at a time.
   */
  limit?: Limiter | (LimitOptions & { key?: string | undefined }) | undefined;
  /**
   * A proxy's URL (http, https, socks5), or false for none. Default: what the environment says, which {@link proxyFor} reads as
   * curl does; never for 127.0.0.1 and localhost.
   */
  proxy?: string | false | undefined;
  /** A custom undici dispatcher, for client TLS or sockets. It replaces `proxy`, and the client does not close it. */
  dispatcher?: Dispatcher | undefined;
  /** For logs, metrics and traces. */
  hooks?: Hooks | undefined;
  /** Language of the service's messages. Default zh-CN, as in the service. */
  language?: Language | undefined;
  /** For tests. */
  effects?: Partial<Effects> | undefined;
}

/** The checked options with their defaults. */
export interface Settings extends CallerCredentials {
  hosts: readonly string[];
  failover: FailoverOptions;
  retries: number;
  deadlines: Deadlines;
  limiter: Limiter;
  dispatcher: Dispatcher;
  /** The proxy of a host, as far as the client chose it. */
  proxyOf(host: string): ProxyRoute | undefined;
  /** Whether the client made the dispatcher and closes it. */
  ownsDispatcher: boolean;
  hooks: Hooks;
  language: Language;
  userAgent: string;
  effects: Effects;
  /** @throws OptionError */
  addCertificate(next: NextCertificate): void;
  /** @throws OptionError */
  rereadProfile(): void;
}

/**
 * Checks the options and reads the key files at once, so that every client can sign.
 *
 * @throws OptionError that names the option and the expected value
 */
export function readOptions(given: ClientOptions): Settings {
  const options = withProfile(given);
  const effects = { ...realEffects, ...options.effects };
  const deadlines = readDeadlines(options.deadlines);
  const credentials = readCredentials(options);
  const hosts = readHosts(options);
  const isHere = hosts.every(isLoopbackUrl);
  if (!isHere) refusePublishedKeys(credentials);

  function addCertificate(next: NextCertificate, where: string): void {
    const key = readNextCertificate(next, where);
    if (!isHere) refusePublishedKey(key);
    credentials.ownKeys.add(key);
  }

  return {
    ...credentials,
    hosts,
    failover: options.failover ?? {},
    retries: readRetries(options.retries),
    deadlines,
    limiter: readLimiter(options.limit, effects),
    dispatcher: options.dispatcher ?? createDispatcher(options.proxy, deadlines.connect),
    proxyOf: options.dispatcher ? () => undefined : createRoutes(options.proxy),
    ownsDispatcher: options.dispatcher === undefined,
    hooks: options.hooks ?? {},
    language: options.language ?? 'zh-CN',
    userAgent: `coupon-media-client/${VERSION} (${process.platform}) node/${process.versions.node}`,
    effects,
    addCertificate: (next) => addCertificate(next, ''),
    rereadProfile() {
      const next = given.profile === undefined ? [] : nextCertificatesOf(given.profile);
      for (const [at, certificate] of next.entries()) addCertificate(certificate, `nextCertificates[${at}].`);
    },
  };
}

function readHosts({ baseUrl, hosts }: ClientOptions): string[] {
  if (baseUrl !== undefined && hosts !== undefined) {
    throw new OptionError('baseUrl', BOTH_GIVEN);
  }
  if (baseUrl !== undefined) return [readOrigin('baseUrl', baseUrl)];
  const origins = (hosts ?? liveHosts).map((host, at) => readOrigin(`hosts[${at}]`, host));
  if (origins.length === 0) throw new OptionError('hosts', NO_HOSTS);
  return origins;
}

function readOrigin(option: string, text: string): string {
  const origin = originOf(text);
  if (origin === undefined) {
    throw new OptionError(option, filled(NO_ORIGIN, { origin: redactedOrigin(text) }));
  }
  return origin;
}

/** The longest timer of Node: longer ones fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

function readDeadlines(given: Partial<Deadlines> = {}): Deadlines {
  const { connect = 5_000, send = 30_000, response = 15_000 } = given;
  const total = given.total ?? Math.min(connect + send + response, MAX_TIMER);
  const deadlines = { connect, send, response, total };
  for (const [phase, milliseconds] of Object.entries(deadlines)) {
    if (!(milliseconds > 0 && milliseconds <= MAX_TIMER)) {
      throw new OptionError(`deadlines.${phase}`, filled(NO_DEADLINE, { most: MAX_TIMER }));
    }
  }
  return deadlines;
}

function readRetries(retries = BACKOFF.length): number {
  if (Number.isInteger(retries) && retries >= 0 && retries <= BACKOFF.length) return retries;
  throw new OptionError('retries', filled(TOO_MANY_RETRIES, { most: BACKOFF.length }));
}

function readLimiter(limit: ClientOptions['limit'], effects: Effects): Limiter {
  if (limit === undefined) return createLimiter({}, effects);
  if ('acquire' in limit) return limit;
  return limit.key === undefined ? createLimiter(limit, effects) : sharedLimiter(limit.key, limit);
}

const BOTH_GIVEN = {
  'zh-CN': '等同于只有一项的 hosts，二者只能设置一个',
  en: 'stands for hosts with one entry; give one of the two',
};
const NO_HOSTS = {
  'zh-CN': '为空；对接正式环境时不需要设置',
  en: 'is empty; leave it out for the live service',
};
const NO_ORIGIN = {
  'zh-CN': '应为 https://api.mch.weixin.qq.com 这样的地址，当前是 {origin}',
  en: 'must be an origin like https://api.mch.weixin.qq.com, not {origin}',
};
const NO_DEADLINE = {
  'zh-CN': '应为毫秒数，1 到 {most}',
  en: 'must be milliseconds, from 1 to {most}',
};
const TOO_MANY_RETRIES = {
  'zh-CN': '应为 0 到 {most}：更多的重试会加重服务端故障',
  en: 'must be from 0 to {most}: more would burden a service in trouble',
};
