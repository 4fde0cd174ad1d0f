import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * Adds a gauge whose value is read when the metrics are.
 *
 * @param read returns undefined if there is no value
 */
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

export interface Tally {
  count(value: string): void;
}

interface TallyOptions {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly values: readonly string[];
}

/** Adds a counter with one label whose values are known in advance. */
export function tally(registry: Registry, { name, help, label, values }: TallyOptions): Tally {
  const counts: Record<string, number> = Object.fromEntries(values.map((value) => [value, 0]));
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const value of values) this.inc({ [label]: value }, counts[value] ?? 0);
    },
  });
  return {
    count(value) {
      counts[value] = (counts[value] as number) + 1;
    },
  };
}

/** Adds a counter without labels. */
export function total(registry: Registry, name: string, help: string): { add(amount: number): void } {
  let sum = 0;
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(sum);
    },
  });
  return {
    add(amount) {
      sum += amount;
    },
  };
}
