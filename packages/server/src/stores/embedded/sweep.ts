import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Connection } from './binding.js';
import { type Folder, imageFiles } from './folder.js';

/**
 * Removes what a service left behind: images that had not arrived, and, where it did not end well, files that
 * were published and got no record. Only for who has the folder locked: while a service runs, such files are
 * uploads under way.
 *
 * @param unclean whether to look for files without record, which takes a look at every file
 */
export async function sweep(folder: Folder, reader: Connection, unclean: boolean): Promise<void> {
  for (const name of await readdir(folder.incoming))
    await rm(path.join(folder.incoming, name), { force: true });
  if (!unclean) return;
  const isRecorded = reader.row('select 1 from image where sha256 = ? and content is null');
  for await (const { file, sha256 } of imageFiles(folder)) {
    // A file that has not the name of an image is not ours to remove.
    if (sha256 !== undefined && !isRecorded([Buffer.from(sha256, 'hex')])) await rm(file, { force: true });
  }
}
