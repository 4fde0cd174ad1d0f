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
  /** Ends after what is under way. */
  close(): Promise<void>;
}
