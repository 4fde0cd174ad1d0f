import type { ImageStore, MerchantStore } from '../../dist/stores/index.js';

/** An engine on data of its own. */
export interface Fixture<Store> {
  readonly store: Store;
  /** Another process's view of the same data, or the same one's after a restart. */
  reopen(): Promise<Store>;
  /** Closes everything that is open and removes the data. */
  end(): Promise<void>;
}

export type OpenImages = () => Promise<Fixture<ImageStore>>;
export type OpenMerchants = () => Promise<Fixture<MerchantStore>>;
