import { collectDefaultMetrics, Registry } from 'prom-client';
import type { EngineCall, EngineStats } from '../../engines/index.js';
import type { ServiceListener } from '../listener.js';
import { countEngineCalls, watchEngines } from './engines.js';
import { listenForMetrics, type MetricsListener } from './listener.js';
import { type Sources, watchNode } from './node.js';
import { countRequests } from './requests.js';

export type { MetricsListener } from './listener.js';
export type { KeyStats, Sources } from './node.js';

/** One service's metrics: of its own registry, since a process may have several services. */
export interface Metrics {
  readonly listener: ServiceListener;
  readonly engineCall: (call: EngineCall) => void;
  /**
   * Watches the rest, and lets Prometheus in.
   *
   * @param build what the service was started from, as labels
   */
  open(
    address: { host: string; port: number },
    sources: Sources,
    stats: () => EngineStats,
    build: Readonly<Record<string, string>>,
  ): Promise<MetricsListener>;
}

/** Counts from now on. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    listener: countRequests(registry),
    engineCall: countEngineCalls(registry),
    async open(address, sources, stats, build) {
      watchEngines(registry, stats);
      watchNode(registry, sources, build);
      // Node's and the process's own, under the names that everybody's dashboards know.
      collectDefaultMetrics({ register: registry });
      return listenForMetrics(address, registry.contentType, () => registry.metrics());
    },
  };
}
