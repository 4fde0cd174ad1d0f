import { access } from 'node:fs/promises';
import type { CheckReport, ImageReader, MerchantStore, WorkProgress } from '../index.js';
import { type BackupReport, backup } from './backup.js';
import type { SqliteConnection } from './binding.js';
import { check } from './check.js';
import { openDatabase } from './database.js';
import { absent, createFolder, type Folder, FolderError, folderAt } from './folder.js';
import { createImageReader } from './images.js';
import { createMerchantStore } from './merchants.js';
import { refuseIfMoved } from './moved.js';

// The functions here are for processes other than the service that has the folder. They take no lock and sweep nothing.

/** @throws FolderError if the content of the folder was moved to another store, so that changes in it would have no effect */
export function checkNotMoved(folder: string): Promise<void> {
  return refuseIfMoved(folderAt(folder));
}

/** @returns whether the folder holds a store */
export async function holdsStore(folder: string): Promise<boolean> {
  return access(folderAt(folder).database)
    .then(() => true, absent)
    .then(Boolean);
}

/** @throws FolderError if the folder holds no store: it may be misspelt */
export async function checkHoldsStore(folder: string): Promise<void> {
  if (await holdsStore(folder)) return;
  const { path } = folderAt(folder);
  throw new FolderError({
    en: `${path} is not a data folder: it has no store.db. Name the folder of the service with --data or COUPON_MEDIA_DATA`,
    'zh-CN': `${path} 不是数据目录：其中没有 store.db。请用 --data 或 COUPON_MEDIA_DATA 指定服务的数据目录`,
  });
}

/**
 * Opens the merchants and keys of a folder, whether or not a service runs.
 *
 * @param create whether a missing store is created. Default: true. A program that only reads should not create one, because
 *   the folder may be misspelt
 * @throws FolderError if the folder holds no store and none is created, StoreError if the database cannot be opened
 */
export async function openEmbeddedMerchants({
  folder,
  create = true,
}: {
  readonly folder: string;
  readonly create?: boolean;
}): Promise<MerchantStore> {
  if (!create) return createMerchantStore((await openExisting(folder)).reader);
  const place = folderAt(folder);
  await createFolder(place);
  return createMerchantStore(await openDatabase(place));
}

/**
 * Opens the images and the list of uploads of a folder for reading.
 *
 * @throws FolderError if the folder holds no store, StoreError if the database cannot be opened
 */
export async function openEmbeddedImages({
  folder,
}: {
  readonly folder: string;
}): Promise<ImageReader & { close(): Promise<void> }> {
  const { place, reader } = await openExisting(folder);
  return { ...createImageReader(reader, place), close: async () => reader.close() };
}

/**
 * Verifies a folder: the digest of every record's bytes, and the record of every file. It keeps this process busy, so a
 * serving process should not call it.
 *
 * @param now Unix milliseconds. Default: the clock
 * @throws FolderError if the folder holds no store
 */
export async function checkEmbeddedStore({
  folder,
  now = Date.now(),
  progress,
}: {
  readonly folder: string;
  readonly now?: number;
  /** Counts the images. */
  readonly progress?: WorkProgress;
}): Promise<CheckReport> {
  const { place, reader } = await openExisting(folder);
  try {
    return await check(place, reader, now, progress);
  } finally {
    reader.close();
  }
}

/**
 * Copies a folder as it is now into another folder, which then opens as a store.
 *
 * @param to an empty or missing folder
 * @throws FolderError if the folder holds no store, or `to` is not empty
 */
export async function backUpEmbeddedStore({
  folder,
  to,
  progress,
}: {
  readonly folder: string;
  readonly to: string;
  /** Counts the files. */
  readonly progress?: WorkProgress;
}): Promise<BackupReport> {
  const { place, reader } = await openExisting(folder);
  reader.close();
  return backup(place, to, progress);
}

async function openExisting(folder: string): Promise<{ place: Folder; reader: SqliteConnection }> {
  await checkHoldsStore(folder);
  const place = folderAt(folder);
  return { place, reader: await openDatabase(place) };
}
