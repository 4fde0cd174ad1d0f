import type { NonceWindow, Quota } from '../limits/index.js';
import type { ImageStore, MerchantStore } from '../stores/index.js';
import type { EngineCalls, EngineName } from './calls.js';

/** What a service keeps images, records, nonces and quotas with: one folder, or engines that many nodes share. */
export interface Engines {
  readonly images: ImageStore;
  readonly merchants: MerchantStore;
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** Rejects, with the reason, where uploads cannot be taken at this moment. */
  ready(): Promise<void>;
  /** How they are, for the metrics. Costs next to nothing: it is asked at every scrape. */
  vitals?(): EngineVitals;
  /** Ends after what is under way. */
  close(): Promise<void>;
}

/** What engines tell of themselves. Each has what it has. */
export interface EngineVitals {
  readonly breakers?: Readonly<Partial<Record<EngineName, EngineCalls['state']>>>;
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
