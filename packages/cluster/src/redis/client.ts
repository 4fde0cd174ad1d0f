import { Cluster, Redis } from 'ioredis';
import type { HostAndPort, RedisAddress } from './address.js';
import { withoutCommand } from './errors.js';
import { SLOT } from './keys.js';

/** How one connection is made. */
export interface ClientOptions {
  readonly address: RedisAddress;
  readonly tls: { ca?: string; cert?: string; key?: string } | undefined;
  readonly sentinelPassword?: string | undefined;
  /** Milliseconds. */
  readonly deadline: number;
}

/** A connection that is not made yet, and the errors that its library only reports by events. */
export interface Client {
  readonly redis: Redis;
  /** The first error of the connection: also that the database does not exist, after which the library uses database 0. */
  failure(): unknown;
  /** The last error of a Sentinel. Another one may have answered. */
  sentinelFailure(): unknown;
}

/**
 * Creates a client for one connection. The library's own reconnecting and queueing are off: callers fail at once while
 * Redis is away, and a lost connection is replaced and never repaired.
 *
 * @param to a server other than the one that the address names
 */
export function redisClient(
  { address, tls, sentinelPassword, deadline }: ClientOptions,
  to?: HostAndPort,
): Client {
  const [first] = address.hosts;
  const sentinels = !to &&
    address.way === 'sentinel' && {
      sentinels: [...address.hosts],
      name: address.primary,
      sentinelRetryStrategy: () => null,
      ...(sentinelPassword && { sentinelPassword }),
      ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    };
  const redis = new Redis({
    ...usual(address, deadline),
    ...(sentinels || (address.way === 'socket' ? { path: address.path } : (to ?? first))),
    ...(tls && { tls }),
    db: address.database,
    lazyConnect: true,
    enableOfflineQueue: false,
    // What one turn of the event loop asks, the reservations of many requests, is written at once.
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    autoResendUnfulfilledCommands: false,
  });
  let failure: unknown;
  redis.on('error', (error) => {
    failure ??= withoutCommand(error);
  });
  let sentinelFailure: unknown;
  redis.on('sentinelError', (error) => {
    sentinelFailure = error;
  });
  return { redis, failure: () => failure, sentinelFailure: () => sentinelFailure };
}

/** A map of a Redis Cluster. */
export interface ClusterMap {
  /** The node that has our slot. */
  readonly owner: HostAndPort;
  readonly nodes: readonly HostAndPort[];
}

/**
 * Asks the nodes of a Redis Cluster which of them has our slot. The library's client of a cluster is used for this
 * question alone: it would follow redirections to another server without a word, and that server may have forgotten
 * nonces.
 *
 * @param seeds nodes, some of which may be away
 * @throws the error of the last node, or that the slot has no owner
 */
export async function readClusterMap(
  { address, tls, deadline }: ClientOptions,
  seeds: readonly HostAndPort[],
  signal: AbortSignal,
): Promise<ClusterMap> {
  const cluster = new Cluster([...seeds], {
    lazyConnect: true,
    enableReadyCheck: false,
    clusterRetryStrategy: () => null,
    slotsRefreshTimeout: Math.min(deadline, SEED_DEADLINE),
    // Names are resolved when a connection is made, so that certificates are compared with the name.
    dnsLookup: (host, done) => done(null, host),
    redisOptions: { ...usual(address, deadline), ...(tls && { tls }) },
  });
  let failure: unknown;
  const note = (error: unknown) => {
    failure = withoutCommand(lastOf(error) ?? error);
  };
  cluster.on('error', note);
  cluster.on('node error', note);
  const give = () => cluster.disconnect();
  signal.addEventListener('abort', give, { once: true });
  try {
    await cluster.connect();
    const owner = cluster.slots[SLOT]?.[0];
    if (owner === undefined) throw new Error(`CLUSTERDOWN no node has slot ${SLOT}`);
    const nodes = new Set(cluster.slots.flat());
    return { owner: placeOf(owner), nodes: [...nodes].map(placeOf) };
  } catch (error) {
    throw failure ?? error;
  } finally {
    signal.removeEventListener('abort', give);
    give();
  }
}

/** Milliseconds that one node of a cluster has for its map. */
const SEED_DEADLINE = 1_000;

function usual({ username, password }: RedisAddress, deadline: number) {
  return {
    connectTimeout: deadline,
    connectionName: 'coupon-media',
    // It would warn on the console if INFO is forbidden.
    enableReadyCheck: false,
    ...(username && { username }),
    ...(password && { password }),
  };
}

function lastOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'lastNodeError') : undefined;
}

function placeOf(node: string): HostAndPort {
  const colon = node.lastIndexOf(':');
  return { host: node.slice(0, colon), port: Number(node.slice(colon + 1)) };
}
