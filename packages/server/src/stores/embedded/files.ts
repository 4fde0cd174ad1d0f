import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ImageKind } from '@coupon-media/apiv3';
import { trackSpools } from '../spool/under-way.js';
import type { SqliteConnection } from './binding.js';
import { createFileSpool, type FileSpool } from './file-spool.js';
import { type Folder, imageFiles, makeFolder, syncFolder } from './folder.js';

/** The images that are kept as files, each under its digest. */
export interface ImageFiles {
  spool(): FileSpool;
  /**
   * Makes a spooled image durable under its digest, in the order that counts: bytes, name, the name's folder.
   * A file of that name is replaced: whether it was durable is not known.
   */
  publish(spool: FileSpool, sha256: string, kind: ImageKind): Promise<void>;
  /** To be told when a published image has its record. */
  recorded(sha256: string): void;
  /**
   * Whether files were published that got no record. Nobody may remove them while the same image can be
   * uploaded again.
   */
  leftovers(): boolean;
  /** Throws away what is still arriving. */
  close(): Promise<void>;
}

export function createImageFiles(folder: Folder): ImageFiles {
  const arriving = trackSpools<FileSpool>();
  const folders = new Map<string, Promise<FileHandle>>();
  const unrecorded = new Set<string>();
  let count = 0;

  /** Opens one of the 256 folders, once in this process, so that it can be fsynced. */
  function folderOf(directory: string): Promise<FileHandle> {
    let opened = folders.get(directory);
    if (!opened) {
      opened = openDurable(directory);
      folders.set(directory, opened);
      opened.catch(() => folders.delete(directory));
    }
    return opened;
  }

  /** Also where it is there: who made it may have been killed before it was durable. */
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
 * Removes what a service left behind: images that had not arrived, and, where it did not end well, files that
 * were published and got no record. Only for who has the folder locked: while a service runs, such files are
 * uploads under way.
 *
 * @param unclean whether to look for files without record, which takes a look at every file
 */
export async function sweep(folder: Folder, reader: SqliteConnection, unclean: boolean): Promise<void> {
  for (const name of await readdir(folder.incoming))
    await rm(path.join(folder.incoming, name), { force: true });
  if (!unclean) return;
  const isRecorded = reader.row('select 1 from image where sha256 = ? and content is null');
  for await (const { file, sha256 } of imageFiles(folder)) {
    // A file that has not the name of an image is not ours to remove.
    if (sha256 !== undefined && !isRecorded([Buffer.from(sha256, 'hex')])) await rm(file, { force: true });
  }
}
