import type { NonceWindow, Quota } from '../limits/index.js';
import type { Database } from '../stores/database.js';
import type { ImageStore, MerchantStore } from '../stores/index.js';

/** What stores the images, records, nonces and quotas of a service: one folder, or engines that many nodes share. */
export interface Engines {
  readonly images: ImageStore;
  readonly merchants: MerchantStore;
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** The SQL of the engines, for the tables of what wraps a service. */
  readonly database: Database;
  /** Rejects with the reason if uploads cannot be taken at the moment. */
  ready(): Promise<void>;
  /** Reports the state of the engines for the metrics. It is called at every scrape, so it must be cheap. */
  stats?(): EngineStats;
  /** Closes the engines after the work in progress. */
  close(): Promise<void>;
}

/** The state of engines. Each engine reports the values that it has. */
export interface EngineStats {
  /** Breakers by engine name. */
  readonly breakers?: Readonly<Record<string, BreakerState>>;
  /**
   * Connections to PostgreSQL: open, idle among the open ones, the limit, and the number of calls that wait for one.
   */
  readonly pool?: {
    readonly total: number;
    readonly idle: number;
    readonly limit: number;
    readonly waiting: number;
  };
  /** The number of records that wait for the next commit, and the number that shared the last one. */
  readonly commits?: { readonly waiting: number; readonly lastGroup: number };
  /** The number of nonces in this process's memory. */
  readonly nonces?: number;
}

/** `open`: calls are refused. `half-open`: the next call is made to test whether the engine has recovered. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** One finished call to an engine, for metrics and traces. */
export interface EngineCall {
  /** The engine, one of a few values: `postgres`, `s3` and `redis` in a cluster. */
  readonly engine: string;
  /** The operation, one of a few values. */
  readonly operation: string;
  /** Duration of the call, repetitions included. */
  readonly seconds: number;
  /** `open`: the call was not made, because the engine is considered unavailable. */
  readonly result: 'ok' | 'error' | 'deadline' | 'open';
}

/** Receives what engines report while they run. */
export interface EngineHooks {
  /** Receives messages for the operator. */
  readonly log: {
    info(message: string): void;
    warn(message: string): void;
  };
  /** Receives every call to an engine. Absent if nobody observes the calls. */
  readonly observe?: ((call: EngineCall) => void) | undefined;
}

/**
 * Opens the engines of a service.
 *
 * @throws an error that names the engine that cannot be used, and the reason
 */
export type OpenEngines = (watch: EngineHooks) => Promise<Engines>;
