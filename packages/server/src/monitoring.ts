import type { Server } from 'node:http';
import type { EngineCall, Engines } from './engines/index.js';
import type { DirectoryCounts } from './merchants/directory.js';
import type { MerchantDirectory } from './merchants/index.js';
import { allOf, type ServiceListener } from './observe/listener.js';
import type { ServiceLog } from './observe/log.js';
// The types of prom-client, an optional peer, must not be needed by who imports this package: the index has them.
import type { KeyStats } from './observe/metrics/index.js';
import type { MetricsListener } from './observe/metrics/listener.js';
import type { Readiness } from './observe/readiness.js';
import type { WrapperMetrics } from './observe/wrapper-metrics.js';
import { isCluster, type ServiceConfig } from './settings/config.js';

/** The metrics and traces of a service, as far as the configuration asks for them. */
export interface Monitoring {
  readonly listener: ServiceListener;
  /** Receives each call to an engine; undefined if neither metrics nor traces are configured. */
  readonly engineCall: ((call: EngineCall) => void) | undefined;
  /** For the metrics of what wraps the service; undefined if no metrics are configured. */
  readonly wrapperMetrics: WrapperMetrics | undefined;
  /**
   * Opens the port for Prometheus.
   *
   * @returns undefined if no port is configured
   */
  openMetrics(service: MonitoredService): Promise<MetricsListener | undefined>;
  /** Sends the remaining traces. */
  close(): Promise<void>;
}

/** The parts of a service that metrics read. */
export interface MonitoredService {
  readonly server: Server;
  /** Connections that one address holds at most. */
  connectionsOfOne(): number;
  /** Addresses whose connections are read in portions. */
  addressesRationed(): number;
  readonly engines: Engines;
  readonly readiness: Readiness;
  readonly stopping: AbortSignal;
  readonly inFlight: { load(): { bytes: number; waiting: number } };
  readonly inFlightLimit: number;
  readonly directory: Pick<MerchantDirectory, 'find' | 'platformCertificates'> & {
    counts(): DirectoryCounts;
  };
  /** Unix seconds. */
  now(): number;
}

/**
 * Starts metrics and traces. Their libraries are loaded only if they are configured.
 *
 * @param version the version of the service
 */
export async function startMonitoring(
  config: ServiceConfig,
  version: string,
  log: ServiceLog,
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
    wrapperMetrics: metrics?.wrapper,
    async openMetrics(service) {
      if (!metrics || port === undefined) return undefined;
      const { server, connectionsOfOne, addressesRationed, engines, readiness, stopping, inFlight } = service;
      const { inFlightLimit, directory, now } = service;
      return metrics.open(
        { host, port },
        {
          ready: async () => (await readiness.check()) === undefined,
          isStopping: () => stopping.aborted,
          inFlight: () => inFlight.load(),
          inFlightLimit,
          connections: () => connectionsOf(server),
          connectionsOfOne,
          addressesRationed,
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
