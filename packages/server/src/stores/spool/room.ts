import { rm, statfs, writeFile } from 'node:fs/promises';

/** Bytes that have to be free for uploads to be taken: an image of 2 MiB, its records, and as much again. */
const LEAST_FREE = 4 * 1024 * 1024;

/**
 * Rejects where a folder has no room for an image, or cannot be written to.
 *
 * @param file in it, which is written and removed
 */
export async function proveRoom(folder: string, file: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < LEAST_FREE) throw new Error(`${bavail * bsize} bytes are free in ${folder}`);
  await writeFile(file, Buffer.alloc(4096), { mode: 0o600 });
  await rm(file, { force: true });
}
