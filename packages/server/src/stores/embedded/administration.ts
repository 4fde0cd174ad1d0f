import { access } from 'node:fs/promises';
import type { CheckReport, ImageReader, MerchantStore } from '../index.js';
import { type BackupReport, backup } from './backup.js';
import type { SqliteConnection } from './binding.js';
import { check } from './check.js';
import { openDatabase } from './database.js';
import { absent, createFolder, type Folder, FolderError, folderAt } from './folder.js';
import { createImageReader } from './images.js';
import { createMerchantStore } from './merchants.js';

// What other processes may do beside the service that has a folder: nothing here takes its lock, or sweeps.

/**
 * Opens a folder's merchants and keys, whether or not a service runs. A folder that is not there is created.
 */
export async function openEmbeddedMerchants({ folder }: { readonly folder: string }): Promise<MerchantStore> {
  const place = folderAt(folder);
  await createFolder(place);
  return createMerchantStore(await openDatabase(place));
}

/** Opens a folder's images and the list of uploads, for reading. */
export async function openEmbeddedImages({
  folder,
}: {
  readonly folder: string;
}): Promise<ImageReader & { close(): Promise<void> }> {
  const { place, reader } = await openExisting(folder);
  return { ...createImageReader(reader, place), close: async () => reader.close() };
}

/**
 * Verifies a folder: every record by its bytes' digest, every file by its record. Keeps this process busy:
 * not for one that serves.
 *
 * @param now Unix milliseconds. Default: the clock
 */
export async function checkEmbeddedStore({
  folder,
  now = Date.now(),
}: {
  readonly folder: string;
  readonly now?: number;
}): Promise<CheckReport> {
  const { place, reader } = await openExisting(folder);
  try {
    return await check(place, reader, now);
  } finally {
    reader.close();
  }
}

/**
 * Copies a folder, as of the moment of the call, into another that opens as a store.
 *
 * @param to a folder that is empty or not there
 */
export async function backUpEmbeddedStore({
  folder,
  to,
}: {
  readonly folder: string;
  readonly to: string;
}): Promise<BackupReport> {
  const { place, reader } = await openExisting(folder);
  reader.close();
  return backup(place, to);
}

async function openExisting(folder: string): Promise<{ place: Folder; reader: SqliteConnection }> {
  const place = folderAt(folder);
  const there = await access(place.database).then(() => true, absent);
  if (!there) {
    throw new FolderError({
      en: `${place.path} is no store's folder: it has no store.db`,
      'zh-CN': `${place.path} 不是数据目录：其中没有 store.db`,
    });
  }
  return { place, reader: await openDatabase(place) };
}
