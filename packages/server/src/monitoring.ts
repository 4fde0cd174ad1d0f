import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { EngineCall, Engines } from './engines/index.js';
import type { DirectoryCounts } from './merchants/directory.js';
import type { ListedCertificate } from './merchants/index.js';
import { allOf, type ServiceListener } from './observe/listener.js';
import type { KeyStats, MetricsListener } from './observe/metrics/index.js';
import type { Readiness } from './observe/readiness.js';
import { isCluster, type ServiceConfig } from './settings/config.js';

/** Who watches a service: as the configuration says, metrics, traces, both, or nobody. */
export interface Monitoring {
  readonly listener: ServiceListener;
  /** To be told of each call to an engine; undefined where nobody would hear. */
  readonly engineCall: ((call: EngineCall) => void) | undefined;
  /** Lets Prometheus in. @returns undefined where no port is configured for it */
  openMetrics(service: MonitoredService): Promise<MetricsListener | undefined>;
  /** Sends what traces are left. */
  close(): Promise<void>;
}

/** What there is to be seen of a service. */
export interface MonitoredService {
  readonly server: Server;
  readonly engines: Engines;
  readonly readiness: Readiness;
  readonly stopping: AbortSignal;
  readonly inFlight: { load(): { bytes: number; waiting: number } };
  readonly inFlightLimit: number;
  readonly directory: { counts(): DirectoryCounts; platformCertificates(): readonly ListedCertificate[] };
  /** Unix seconds. */
  now(): number;
}

/**
 * The libraries are loaded only where they are used.
 *
 * @param version the service's
 */
export async function startMonitoring(
  config: ServiceConfig,
  version: string,
  log: Logger,
): Promise<Monitoring> {
  const { metricsPort: port, metricsHost: host } = config;
  const metrics =
    port === undefined ? undefined : (await import('./observe/metrics/index.js')).createMetrics();
  const tracing = config.tracing
    ? (await import('./observe/tracing/index.js')).openTracing(version, log, config.trustTraceparent)
    : undefined;
  return {
    listener: allOf([...(metrics ? [metrics.listener] : []), ...(tracing ? [tracing] : [])]),
    engineCall: both(metrics?.engineCall, tracing?.engineCall),
    async openMetrics(service) {
      if (!metrics || port === undefined) return undefined;
      const { server, engines, readiness, stopping, inFlight, inFlightLimit, directory, now } = service;
      return metrics.open(
        { host, port },
        {
          ready: async () => (await readiness.check()) === undefined,
          isStopping: () => stopping.aborted,
          inFlight: () => inFlight.load(),
          inFlightLimit,
          connections: () => connectionsOf(server),
          connectionLimit: config.maxConnections,
          keys: () => keyStats(directory, now()),
        },
        () => engines.stats?.() ?? {},
        { version, node: process.version, engines: isCluster(config) ? 'cluster' : 'embedded' },
      );
    },
    close: async () => tracing?.close(),
  };
}

function both<T>(
  first: ((told: T) => void) | undefined,
  second: ((told: T) => void) | undefined,
): ((told: T) => void) | undefined {
  if (!first || !second) return first ?? second;
  return (told) => {
    first(told);
    second(told);
  };
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

function keyStats({ counts, platformCertificates }: MonitoredService['directory'], now: number): KeyStats {
  const { platformKeys, merchants, certificateExpiries } = counts();
  const ends = platformCertificates().map(({ notAfter }) => notAfter);
  return {
    platformKeys,
    platformCertificatesUntil: ends.length > 0 ? Math.max(...ends) : undefined,
    merchants,
    merchantCertificateUntil: certificateExpiries.find((end) => end >= now),
    merchantsWithoutCertificate: certificateExpiries.filter((end) => end < now).length,
  };
}
