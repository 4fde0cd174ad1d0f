import type { ImageStore, MerchantStore } from '../../dist/stores/index.js';

/** An engine on its own data. */
export interface Fixture<Store> {
  readonly store: Store;
  /** Opens the same data in another process, or again after a restart. */
  reopen(): Promise<Store>;
  /** Closes everything that is open and removes the data. */
  end(): Promise<void>;
}

export type OpenImages = () => Promise<Fixture<ImageStore>>;
export type OpenMerchants = () => Promise<Fixture<MerchantStore>>;
