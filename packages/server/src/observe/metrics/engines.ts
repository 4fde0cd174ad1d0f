import { Gauge, type Registry } from 'prom-client';
import type { EngineCall, EngineStats } from '../../engines/index.js';
import type { Series } from '../wrapper-metrics.js';
import { createHistogram } from './histogram.js';
import { gauge } from './instruments.js';

/** Seconds. A call ends in memory on the other side, at its disk, or at its deadline. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

/** @returns a function that receives each call to an engine */
export function countEngineCalls(registry: Registry): (call: EngineCall) => void {
  const durations = createHistogram<'engine' | 'operation' | 'result'>(registry, {
    name: 'coupon_media_engine_call_duration_seconds',
    help: 'Calls to PostgreSQL, S3 and Redis, repetitions included, by result: ok, error, deadline (no response in time), open (not made: the engine is considered unavailable).',
    buckets: BUCKETS,
  });
  const known = new Map<string, Series>();

  return ({ engine, operation, result, seconds }) => {
    const key = `${engine} ${operation} ${result}`;
    let series = known.get(key);
    if (!series) {
      series = durations.series({ engine, operation, result });
      known.set(key, series);
    }
    series.observe(seconds);
  };
}

/** @param stats called when the metrics are read */
export function watchEngines(registry: Registry, stats: () => EngineStats): void {
  new Gauge({
    name: 'coupon_media_engine_breaker_state',
    help: 'Whether calls to an engine are made: 0 closed (they are), 1 half-open (one is, to see), 2 open (none: it is considered unavailable).',
    labelNames: ['engine'],
    registers: [registry],
    collect() {
      for (const [engine, state] of Object.entries(stats().breakers ?? {}))
        this.set({ engine }, BREAKER[state]);
    },
  });
  const of = (name: string, help: string, read: (stats: EngineStats) => number | undefined) =>
    gauge(registry, `coupon_media_${name}`, help, () => read(stats()));
  of('postgres_pool_connections', 'Connections to PostgreSQL that are open.', ({ pool }) => pool?.total);
  of('postgres_pool_idle_connections', 'Of them, those that nobody uses.', ({ pool }) => pool?.idle);
  of('postgres_pool_limit_connections', 'Connections to PostgreSQL at most.', ({ pool }) => pool?.limit);
  of('postgres_pool_waiting', 'Calls that wait for a connection to PostgreSQL.', ({ pool }) => pool?.waiting);
  of(
    'commits_waiting',
    "Records that wait for the next commit of the folder's database.",
    ({ commits }) => commits?.waiting,
  );
  of(
    'commit_last_group',
    "Records that shared the last commit of the folder's database.",
    ({ commits }) => commits?.lastGroup,
  );
  of(
    'nonces_held',
    "Nonces of requests held in this process's memory; a cluster holds them in Redis.",
    ({ nonces }) => nonces,
  );
}
