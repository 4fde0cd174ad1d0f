import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { ImageKind } from '@coupon-media/apiv3';
import type { WorkProgress } from '../index.js';
import { BUSY_TIMEOUT, openConnection, openInBackground } from './binding.js';
import {
  absent,
  createFile,
  type Folder,
  FolderError,
  folderAt,
  makeFolder,
  syncFile,
  syncFolder,
} from './folder.js';

export interface BackupReport {
  /** Image records that were copied. */
  readonly images: number;
  /** Image files that were copied, of images too long for the database. */
  readonly files: number;
  /** Digests of files that have a record but do not exist. The store was already damaged; `check` reports more. */
  readonly missing: readonly string[];
}

/**
 * Copies a store while a service uses it. The records are copied first, as of one instant, and then their files, which
 * never change. The database gets its final name last, so an interrupted copy does not open as a store.
 *
 * @param to an empty or missing folder
 * @param progress counts the files, which take most of the time
 */
export async function backup(from: Folder, to: string, progress?: WorkProgress): Promise<BackupReport> {
  const copy = folderAt(to);
  await takeFolder(copy);
  const database = path.join(copy.path, 'store.db.incomplete');
  await copyRecords(from, database);
  const { images, filed } = readRecords(database);
  const missing: string[] = [];
  progress?.begin(filed.length);
  for (const { sha256, kind } of filed) {
    if (!(await copyImage(from.image(sha256, kind), copy.image(sha256, kind)))) missing.push(sha256);
    progress?.done();
  }
  for (const directory of await readdir(copy.images)) await syncFolder(path.join(copy.images, directory));
  await syncFolder(copy.images);
  await rename(database, copy.database);
  await syncFolder(copy.path);
  return { images, files: filed.length - missing.length, missing };
}

/** Ensures that the folder is empty and that no other user can put anything into it, links in particular. */
async function takeFolder({ path: folder, images }: Folder): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await checkEmpty(folder);
  // Where the file system has no modes, or the folder belongs to another user, the following steps are exclusive
  // anyway.
  await chmod(folder, 0o700).catch(() => {});
  await checkEmpty(folder);
  await mkdir(images, { mode: 0o700 });
}

async function checkEmpty(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) return;
  throw new FolderError({ en: `${folder} is not empty`, 'zh-CN': `${folder} 不是空目录` });
}

/** SQLite provides the snapshot, but does not sync the copy to the disk. */
async function copyRecords(from: Folder, database: string): Promise<void> {
  await createFile(database);
  const connection = await openInBackground(from.database, BUSY_TIMEOUT);
  try {
    await connection.exec(`VACUUM store INTO '${database.replaceAll("'", "''")}'`);
  } finally {
    await connection.close();
  }
  await syncFile(database);
}

interface FiledImage {
  readonly sha256: string;
  readonly kind: ImageKind;
}

function readRecords(database: string): { images: number; filed: FiledImage[] } {
  const connection = openConnection(database);
  try {
    const [images] = connection.row('select count(*) from image')([]) ?? [];
    const filed = connection
      .prepare('select lower(hex(sha256)) as sha256, kind from image where content is null order by sha256')
      .all([]);
    return { images: Number(images), filed: filed as FiledImage[] };
  } finally {
    connection.close();
  }
}

/** @returns false if there is no file to copy */
async function copyImage(from: string, to: string): Promise<boolean> {
  await makeFolder(path.dirname(to));
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } catch (error) {
    absent(error as NodeJS.ErrnoException);
    return false;
  }
  await syncFile(to);
  return true;
}
