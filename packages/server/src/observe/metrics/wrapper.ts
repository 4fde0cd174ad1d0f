import { Counter, Gauge, type Registry } from 'prom-client';
import type { WrapperMetrics } from '../wrapper-metrics.js';
import { createHistogram } from './histogram.js';

/** @returns what adds the metrics of a wrapper to a registry */
export function metricsOfWrapper(registry: Registry): WrapperMetrics {
  return {
    gauge({ name, help, labels = [] }, read) {
      new Gauge({
        ...{ name, help, labelNames: [...labels], registers: [registry] },
        async collect() {
          const samples = await read();
          this.reset();
          // A gauge without labels would say 0 after a reset, where nothing is known.
          if (samples.length === 0 && labels.length === 0) this.remove();
          for (const sample of samples) this.set({ ...sample.labels }, sample.value);
        },
      });
    },
    counter({ name, help, labels = [] }, read) {
      new Counter({
        ...{ name, help, labelNames: [...labels], registers: [registry] },
        async collect() {
          const samples = await read();
          this.reset();
          for (const sample of samples) this.inc({ ...sample.labels }, sample.value);
        },
      });
    },
    histogram: (metric) => createHistogram(registry, metric),
  };
}
