import { createNonceWindow, createQuota } from '../limits/embedded.js';
import type { ServiceConfig } from '../settings/config.js';
import { checkNotMoved, openEmbeddedStore } from '../stores/embedded/index.js';
import type { Engines } from './index.js';
import { exposedKeyFiles, isWritableByAnybody } from './key-files.js';

/**
 * Opens the engines of a single node: one folder for one service.
 *
 * @param clock Unix milliseconds
 * @throws FolderInUseError if another service has the folder, FolderError if its content was moved to a cluster, or whatever the store says of it
 */
export async function openEmbeddedEngines(
  { data }: Pick<ServiceConfig, 'data'>,
  clock: () => number,
  log: { warn(fields: object, message: string): void },
): Promise<Engines> {
  const now = () => Math.floor(clock() / 1000);
  await checkNotMoved(data);
  const store = await openEmbeddedStore({ folder: data, now: clock });
  const { images, merchants, nonces, database, commits, close } = store;
  try {
    if (await isWritableByAnybody(data)) {
      log.warn({ folder: data }, 'any user can replace the files in this folder: run chmod 700 on it');
    }
    for (const file of await exposedKeyFiles(data)) {
      log.warn({ file }, 'other users can read this file, which holds keys: run chmod 600 on it');
    }
    const window = createNonceWindow(now, nonces, await nonces.usedNonces(now()));
    return {
      images,
      merchants,
      nonces: window,
      quota: createQuota(() => performance.now()),
      database,
      ready: images.ready,
      stats: () => ({ commits: commits(), nonces: window.size() }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
