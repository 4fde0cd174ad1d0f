import type { NonceRecord } from '../../limits/nonces.js';
import type { Database } from '../database.js';
import type { ImageStore, MerchantStore } from '../index.js';
import { openDatabase } from './database.js';
import { createImageFiles, sweep } from './files.js';
import { createFolder, folderAt } from './folder.js';
import type { CommitLoad, GroupOptions } from './group-commit.js';
import { createImageStore } from './images.js';
import { lockFolder } from './lock.js';
import { createMerchantStore } from './merchants.js';
import { readNonces } from './nonces.js';
import { createWrapperTables } from './wrapper-tables.js';
import { openWriter } from './writer.js';

/*
 * The store of one machine: SQLite and files in one folder.
 *
 *   store.db                    merchants, keys, records, nonces, and images up to 64 KiB; SQLite adds store.db-wal and store.db-shm
 *   images/ab/<sha256>.<kind>   longer images
 *   incoming/<n>.part           images that are arriving; emptied when a service opens the folder
 *   service.lock                locked by the service that has the folder. The lock is SQLite's, and the kernel releases it when
 *                               the process ends
 *   moved.json                  there if the content was moved to another store: then startService refuses the folder
 *   service.json                process id and host of that service; it stays behind if the service did not end cleanly
 *
 * One service has the folder at a time. Beside it, any number of processes may administer merchants, list, check and back up
 * (administration.ts), or read the whole content (contents.ts). Only SQLite may open store.db and service.lock, because closing
 * a file releases all locks that the process has on it.
 */

export {
  backUpEmbeddedStore,
  checkEmbeddedStore,
  checkHoldsStore,
  checkNotMoved,
  holdsStore,
  openEmbeddedImages,
  openEmbeddedMerchants,
} from './administration.js';
export type { BackupReport } from './backup.js';
export {
  type FolderContents,
  type FolderImage,
  type FolderUpload,
  type IdRange,
  openEmbeddedContents,
} from './contents.js';
export type { GroupOptions } from './group-commit.js';
export { FolderInUseError } from './lock.js';
export { SCHEMA_STEP } from './schema-version.js';
export { openEmbeddedDatabase } from './wrapper-tables.js';

export interface EmbeddedStoreOptions {
  /** The folder; created with mode 0700 if it is missing. */
  readonly folder: string;
  /** Unix milliseconds, to decide which nonces have expired. Default: `Date.now`. */
  readonly now?: () => number;
  /** Controls how uploads share commits. */
  readonly group?: GroupOptions;
}

export interface EmbeddedStore {
  readonly images: ImageStore;
  readonly merchants: MerchantStore;
  readonly nonces: NonceRecord;
  /** For the tables of what wraps the service. */
  readonly database: Database;
  /** The current load of the commits. */
  commits(): CommitLoad;
  /** Closes both stores after the commits in progress. */
  close(): Promise<void>;
}

/**
 * Opens a folder for its one service and sweeps what the previous service left behind.
 *
 * @throws FolderInUseError if another service has it, or an error of the disk or the database
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const { folder, now = Date.now, group = {} } = options;
  const place = folderAt(folder);
  await createFolder(place);
  const lock = await lockFolder(place);
  try {
    const reader = await openDatabase(place);
    reader.exec('PRAGMA query_only=1');
    await sweep(place, reader, lock.unclean);
    const writer = await openWriter(place.database, now, group);
    const files = createImageFiles(place);
    const administration = await openDatabase(place);
    // The writer makes the checkpoints. A checkpoint on this connection would block the thread.
    administration.exec('PRAGMA wal_autocheckpoint=0');
    const merchants = createMerchantStore(administration);
    const images = createImageStore(place, reader, writer, files);
    const close = once(async () => {
      await images.close();
      await merchants.close();
      await lock.release(files.leftovers());
    });
    return {
      images: { ...images, close },
      merchants: { ...merchants, close },
      nonces: {
        remember: writer.remember,
        forget: writer.forget,
        usedNonces: (notBefore) => readNonces(reader, notBefore),
      },
      database: createWrapperTables(place, reader, writer),
      commits: writer.load,
      close,
    };
  } catch (error) {
    await lock.release(true);
    throw error;
  }
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
