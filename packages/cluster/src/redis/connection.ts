import { setTimeout as sleep } from 'node:timers/promises';
import { both, errorText, filled, type Text, withReason } from '@coupon-media/apiv3';
import type { Redis } from 'ioredis';
import type { RunRegister } from '../engine/run-register.js';
import { type HostAndPort, type RedisAddress, readRedisUrl } from './address.js';
import { type Client, type ClientOptions, readClusterMap, redisClient } from './client.js';
import { diagnose } from './diagnosis.js';
import { isElsewhere, LimitsError, withoutCommand } from './errors.js';
import { EPOCH_KEY } from './keys.js';
import { LEASE, type Lease, takeLease } from './lease.js';
import { runScript, type Script, TELL_EPOCH } from './scripts.js';
import { checkSuitable, runOf } from './suitable.js';
import { readTls, type TlsFiles } from './tls.js';

/**
 * A connection to one run of one Redis process. Scripts receive the run, so that another process behind the same address
 * is noticed. A client that reconnects by itself, or follows redirections, would not notice it.
 */
export interface Link {
  /** Identifies this run among all that were in use; a higher number in front is a later one. */
  readonly run: string;
  /** Until when this link may accept requests, in Unix seconds by Redis' clock. */
  readonly until: number;
  script(script: Script, words: readonly string[]): Promise<string>;
}

/** Keeps one {@link Link} open. */
export interface RedisConnection {
  /** Undefined while there is no link. */
  readonly link: Link | undefined;
  /**
   * Runs a script on the link.
   *
   * @param words returns the arguments for a link
   * @param signal when it aborts, the link is replaced, and everything that waits on it fails
   * @throws LimitsError `AWAY`
   */
  ask(script: Script, words: (link: Link) => readonly string[], signal: AbortSignal): Promise<string>;
  /**
   * Renews the right to use the link.
   *
   * @throws the error of what could not be asked
   */
  renew(): Promise<void>;
  /** Closes the connection for good. */
  close(): void;
}

export interface RedisConnectionOptions {
  readonly url: string;
  readonly tls: TlsFiles;
  readonly sentinelPassword?: string | undefined;
  /** Milliseconds within which a connection must be established and prepared. */
  readonly deadline: number;
  /** Where the run that all nodes use is registered. Without it, only a run itself tells that it is not the first. */
  readonly runs?: RunRegister | undefined;
  /** Prepares a new link before it is used. */
  prepare(link: Link): Promise<void>;
  log(level: 'info' | 'warn', message: string): void;
}

/** A link with what it is made of. */
interface OpenLink {
  readonly link: Link;
  readonly redis: Redis;
  readonly lease: Lease | undefined;
}

/**
 * Milliseconds before the next attempt to connect: from the first value, doubled up to the second, and shortened at
 * random by up to a half.
 */
const BACKOFF = [50, 2_000] as const;

/**
 * Connects to Redis, in whichever way its URL says.
 *
 * @throws LimitsError if Redis cannot be reached at the start, is none that can be used, or its settings let it forget keys
 */
export async function connect(options: RedisConnectionOptions): Promise<RedisConnection> {
  const address = readRedisUrl(options.url);
  const { place } = address;
  const closing = new AbortController();
  const route: Route = { address, nodes: [] };
  let current: OpenLink | undefined;
  let lastError: unknown;

  async function open(): Promise<void> {
    current = await openLink(options, route, closing.signal, lose);
  }

  function lose(redis: Redis): void {
    redis.disconnect();
    if (current?.redis !== redis) return;
    current.lease?.end();
    current = undefined;
    options.log('warn', `lost the connection to Redis at ${place}`);
    void reopen();
  }

  async function reopen(): Promise<void> {
    for (let wait: number = BACKOFF[0]; !closing.signal.aborted; wait = Math.min(wait * 2, BACKOFF[1])) {
      try {
        await open();
        options.log('info', `connected to Redis at ${place} again`);
        return;
      } catch (error) {
        lastError = error;
      }
      await sleep(wait * (1 - Math.random() / 2), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  function connected(): OpenLink {
    if (current) return current;
    throw new LimitsError('AWAY', filled(TEXTS.unconnected, { place }), { cause: lastError });
  }

  try {
    await open();
  } catch (error) {
    const hint = await diagnose(error, address);
    throw hint && error instanceof LimitsError ? hinted(error, hint) : error;
  }
  return {
    get link() {
      return current?.link;
    },
    async ask(script, words, signal) {
      const { link, redis } = connected();
      const give = () => lose(redis);
      signal.addEventListener('abort', give, { once: true });
      try {
        const result = await link.script(script, words(link));
        if (result !== 'superseded') return result;
        give();
        throw superseded(place);
      } catch (error) {
        withoutCommand(error);
        if (isElsewhere(error)) give();
        throw error;
      } finally {
        signal.removeEventListener('abort', give);
      }
    },
    renew: async () => connected().lease?.renew(),
    close() {
      closing.abort();
      const last = current;
      current = undefined;
      last?.lease?.end();
      last?.redis.disconnect();
    },
  };
}

/** Where Redis is, and the nodes of its cluster as far as they are known. */
interface Route {
  readonly address: RedisAddress;
  nodes: readonly HostAndPort[];
}

async function openLink(
  options: RedisConnectionOptions,
  route: Route,
  closing: AbortSignal,
  ended: (redis: Redis) => void,
): Promise<OpenLink> {
  const { deadline, prepare, log, runs } = options;
  const { place } = route.address;
  const giving = new AbortController();
  const timer = setTimeout(() => giving.abort(), deadline);
  const signal = AbortSignal.any([closing, giving.signal]);
  let redis: Redis | undefined;
  let lease: Lease | undefined;
  try {
    const server = await reachPrimary(options, route, signal);
    redis = server.redis;
    const client = redis;
    const { run: id } = server;
    const number = await runs?.register(id);
    const run = `${number ?? 0}:${id}`;

    async function look(): Promise<number | undefined> {
      if ((await runOf(client, id)) !== id) return undefined;
      const told = await runScript(client, TELL_EPOCH, [EPOCH_KEY, run, String(runs ? LEASE : 0)]);
      const [since, now, began] = told.split(' ');
      if (now === undefined) return undefined;
      if (began === 'true') log('warn', forgetful(place, Number(since)));
      return Number(now);
    }

    if (runs && number !== undefined) {
      const isNewest = () => runs.isNewest(number);
      lease = await takeLease({ look, isNewest, deadline, lost: () => ended(client) });
      if (!lease) throw superseded(place);
    } else if ((await look()) === undefined) throw superseded(place);
    const link: Link = {
      run,
      get until() {
        return lease ? lease.until : Number.POSITIVE_INFINITY;
      },
      script: (script, words) => runScript(client, script, words),
    };
    await prepare(link);
    client.once('end', () => ended(client));
    if (client.status !== 'ready') throw new LimitsError('AWAY', TEXTS.lost);
    return { link, redis: client, lease };
  } catch (error) {
    lease?.end();
    redis?.disconnect();
    if (error instanceof LimitsError) throw error;
    const cause = giving.signal.aborted
      ? new LimitsError('AWAY', filled(TEXTS.late, { deadline }), { cause: withoutCommand(error) })
      : withoutCommand(error);
    throw new LimitsError('AWAY', filled(TEXTS.unusable, { place, reason: reason(cause) }), { cause });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Connects to the primary that has our keys. In a Redis Cluster that is the owner of our slot, and the map of the cluster
 * is remembered: the nodes that the URL names may be gone when it is needed again.
 */
async function reachPrimary(
  { tls, sentinelPassword, deadline }: RedisConnectionOptions,
  route: Route,
  signal: AbortSignal,
): Promise<{ redis: Redis; run: string }> {
  const { address } = route;
  const how: ClientOptions = { address, tls: await readTls(tls, address.tls), sentinelPassword, deadline };

  async function ownerOfSlot() {
    const map = await readClusterMap(how, [...address.hosts, ...route.nodes], signal);
    route.nodes = map.nodes;
    return reach(redisClient(how, map.owner), address.place, signal);
  }

  if (address.way === 'cluster' || route.nodes.length > 0) return ownerOfSlot();
  try {
    return await reach(redisClient(how), address.place, signal);
  } catch (error) {
    if (address.way === 'server' && error instanceof Error && /^MOVED\b/.test(error.message))
      return ownerOfSlot();
    throw error;
  }
}

async function reach(
  { redis, failure, sentinelFailure }: Client,
  place: string,
  signal: AbortSignal,
): Promise<{ redis: Redis; run: string }> {
  const give = () => redis.disconnect();
  signal.addEventListener('abort', give, { once: true });
  try {
    signal.throwIfAborted();
    await redis.connect();
    if (failure() !== undefined) throw failure();
    return { redis, run: await checkSuitable(redis, place) };
  } catch (error) {
    give();
    throw error instanceof LimitsError || isElsewhere(error)
      ? error
      : (failure() ?? sentinelFailure() ?? error);
  } finally {
    signal.removeEventListener('abort', give);
  }
}

function superseded(place: string): LimitsError {
  return new LimitsError('AWAY', filled(TEXTS.superseded, { place }));
}

function hinted(error: LimitsError, hint: Text): LimitsError {
  return new LimitsError(error.code, withReason(errorText(error), hint), { cause: error.cause });
}

function reason(error: unknown): Text {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === '' && code !== undefined ? both(code) : errorText(error);
}

function forgetful(place: string, since: number): string {
  const time = new Date(since * 1000).toISOString();
  return `Redis at ${place} does not remember requests from before ${time}: they are refused`;
}

/** What is wrong with a Redis. */
const TEXTS = {
  unconnected: {
    'zh-CN': '没有到 Redis（{place}）的连接',
    en: 'there is no connection to Redis at {place}',
  },
  late: { 'zh-CN': '{deadline} 毫秒内没有响应', en: 'no response in {deadline} ms' },
  lost: { 'zh-CN': '连接中断', en: 'the connection was lost' },
  superseded: {
    'zh-CN': '其他节点已改用另一个 Redis，{place} 可能不再是主节点',
    en: 'other nodes use another Redis by now: the one at {place} may not be the primary any more',
  },
  unusable: {
    'zh-CN': '无法使用 Redis（{place}）：{reason}',
    en: 'Redis at {place} cannot be used: {reason}',
  },
} as const;
