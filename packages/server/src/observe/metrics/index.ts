import { collectDefaultMetrics, Registry } from 'prom-client';
import type { EngineCall, EngineStats } from '../../engines/index.js';
import type { ServiceListener } from '../listener.js';
import type { WrapperMetrics } from '../wrapper-metrics.js';
import { countEngineCalls, watchEngines } from './engines.js';
import { listenForMetrics, type MetricsListener } from './listener.js';
import { type Sources, watchNode } from './node.js';
import { countRequests } from './requests.js';
import { metricsOfWrapper } from './wrapper.js';

export type { MetricsListener } from './listener.js';
export type { KeyStats, Sources } from './node.js';

/** The metrics of one service. They have their own registry, because a process may run several services. */
export interface Metrics {
  readonly listener: ServiceListener;
  readonly engineCall: (call: EngineCall) => void;
  /** Add the metrics of what wraps the service. */
  readonly wrapper: WrapperMetrics;
  /**
   * Adds the metrics of node and engines, and opens the port for Prometheus.
   *
   * @param build labels that describe the build of the service
   */
  open(
    address: { host: string; port: number },
    sources: Sources,
    stats: () => EngineStats,
    build: Readonly<Record<string, string>>,
  ): Promise<MetricsListener>;
}

/** Creates the metrics, which count from now on. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    listener: countRequests(registry),
    engineCall: countEngineCalls(registry),
    wrapper: metricsOfWrapper(registry),
    async open(address, sources, stats, build) {
      watchEngines(registry, stats);
      watchNode(registry, sources, build);
      // The metrics of Node and the process have the names that common dashboards use.
      collectDefaultMetrics({ register: registry });
      return listenForMetrics(address, registry.contentType, () => registry.metrics());
    },
  };
}
