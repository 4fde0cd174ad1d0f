import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ImageKind } from '@coupon-media/apiv3';
import { trackSpools } from '../spool/trackers.js';
import type { SqliteConnection } from './binding.js';
import { createFileSpool, type FileSpool } from './file-spool.js';
import { type Folder, imageFiles, makeFolder, syncFolder } from './folder.js';

/** The images that are stored as files, each under its digest. */
export interface ImageFiles {
  spool(): FileSpool;
  /**
   * Makes a spooled image durable under its digest: first the bytes, then the name, then the name's folder. An existing
   * file of that name is replaced, because it is not known whether it was durable.
   */
  publish(spool: FileSpool, sha256: string, kind: ImageKind): Promise<void>;
  /** Called when the record of a published image is durable. */
  recorded(sha256: string): void;
  /**
   * Whether files without a record were published. They must not be removed while the same image can be uploaded again.
   */
  leftovers(): boolean;
  /** Discards the images that are still arriving. */
  close(): Promise<void>;
}

export function createImageFiles(folder: Folder): ImageFiles {
  const arriving = trackSpools<FileSpool>();
  const folders = new Map<string, Promise<FileHandle>>();
  const unrecorded = new Set<string>();
  let count = 0;

  /** Opens one of the 256 folders, once per process, so that it can be synced. */
  function folderOf(directory: string): Promise<FileHandle> {
    let opened = folders.get(directory);
    if (!opened) {
      opened = openDurable(directory);
      folders.set(directory, opened);
      opened.catch(() => folders.delete(directory));
    }
    return opened;
  }

  /** An existing folder is synced as well: the process that created it may have been killed before that. */
  async function openDurable(directory: string): Promise<FileHandle> {
    await makeFolder(directory);
    await syncFolder(folder.images);
    return open(directory, 'r');
  }

  return {
    spool() {
      count += 1;
      return arriving.track(createFileSpool(path.join(folder.incoming, `${count}.part`)));
    },
    async publish(spool, sha256, kind) {
      const file = folder.image(sha256, kind);
      const directory = await folderOf(path.dirname(file));
      unrecorded.add(sha256);
      await spool.publish(file);
      await directory.sync();
    },
    recorded: (sha256) => void unrecorded.delete(sha256),
    leftovers: () => unrecorded.size > 0,
    async close() {
      await arriving.discard();
      for (const opened of folders.values()) await (await opened.catch(() => undefined))?.close();
    },
  };
}

/**
 * Removes what a service left behind: images that had not fully arrived and, if it did not end cleanly, published files
 * without a record. Only the holder of the folder's lock may call it, because such files belong to uploads in progress
 * while a service runs.
 *
 * @param unclean whether to look for files without a record, which visits every file
 */
export async function sweep(folder: Folder, reader: SqliteConnection, unclean: boolean): Promise<void> {
  for (const name of await readdir(folder.incoming))
    await rm(path.join(folder.incoming, name), { force: true });
  if (!unclean) return;
  const isRecorded = reader.row('select 1 from image where sha256 = ? and content is null');
  for await (const { file, sha256 } of imageFiles(folder)) {
    // A file without the name of an image does not belong to the store.
    if (sha256 !== undefined && !isRecorded([Buffer.from(sha256, 'hex')])) await rm(file, { force: true });
  }
}
