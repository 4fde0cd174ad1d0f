import type { NonceWindow, Quota } from '../limits/index.js';
import type { ImageStore, MerchantStore } from '../stores/index.js';

/** What a service keeps images, records, nonces and quotas with: one folder, or engines that many nodes share. */
export interface Engines {
  readonly images: ImageStore;
  readonly merchants: MerchantStore;
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** Rejects, with the reason, where uploads cannot be taken at this moment. */
  ready(): Promise<void>;
  /** How they are, for the metrics. Costs next to nothing: it is asked at every scrape. */
  stats?(): EngineStats;
  /** Ends after what is under way. */
  close(): Promise<void>;
}

/** What engines tell of themselves. Each has what it has. */
export interface EngineStats {
  /** By the names of the engines. */
  readonly breakers?: Readonly<Record<string, BreakerState>>;
  /** Connections to PostgreSQL: open, of them idle, at most; and how many wait for one. */
  readonly pool?: {
    readonly total: number;
    readonly idle: number;
    readonly limit: number;
    readonly waiting: number;
  };
  /** Records that wait for the next commit, and how many shared the last one. */
  readonly commits?: { readonly waiting: number; readonly lastGroup: number };
  /** Nonces held in this process's memory. */
  readonly nonces?: number;
}

/** `open`: calls are refused. `half-open`: the next one is made, to see whether the engine is back. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** A call to an engine as it went, for metrics and traces. */
export interface EngineCall {
  /** Which, of few values: `postgres`, `s3` and `redis` are a cluster's. */
  readonly engine: string;
  /** What was asked of it, of few values. */
  readonly operation: string;
  /** From the call to its end, repetitions included. */
  readonly seconds: number;
  /** `open`: not made, since the engine is taken to be away. */
  readonly result: 'ok' | 'error' | 'deadline' | 'open';
}

/** To whom engines tell how they fare. */
export interface EngineHooks {
  /** Where what an operator should know is written. */
  readonly log: {
    info(message: string): void;
    warn(message: string): void;
  };
  /** Is told of every call to an engine. Absent: nobody would hear. */
  readonly observe?: ((call: EngineCall) => void) | undefined;
}

/**
 * Opens what a service keeps everything with.
 *
 * @throws an error that names the engine which cannot be used, and why
 */
export type OpenEngines = (watch: EngineHooks) => Promise<Engines>;
