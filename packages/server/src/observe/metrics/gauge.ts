import { Gauge, type Registry } from 'prom-client';

/** A gauge that is read when the metrics are. @param read undefined where there is nothing to be told */
export function gauge(registry: Registry, name: string, help: string, read: () => number | undefined): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}
