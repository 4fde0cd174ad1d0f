import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type EmbeddedStore,
  type EmbeddedStoreOptions,
  openEmbeddedStore,
} from '../../dist/stores/embedded/index.js';

/** The folder of one test. */
export async function temporaryFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(path.join(tmpdir(), 'coupon-media-store-'));
  return { folder: path.join(parent, 'data'), remove: () => rm(parent, { recursive: true, force: true }) };
}

export interface OpenStore extends EmbeddedStore {
  readonly folder: string;
  reopen(): Promise<EmbeddedStore>;
  end(): Promise<void>;
}

/** A store in a separate folder, and everything that is opened after it. */
export async function temporaryStore(options: Omit<EmbeddedStoreOptions, 'folder'> = {}): Promise<OpenStore> {
  const { folder, remove } = await temporaryFolder();
  const opened: EmbeddedStore[] = [];
  async function open(): Promise<EmbeddedStore> {
    const store = await openEmbeddedStore({ folder, ...options });
    opened.push(store);
    return store;
  }
  return {
    ...(await open()),
    folder,
    reopen: open,
    async end() {
      for (const store of opened) await store.close();
      await remove();
    },
  };
}
