import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Replaces a file atomically: a reader sees the old file or the new one, never a part. The draft beside it has an unpredictable
 * name and is created exclusively, so that no link is followed. If the file itself is a link, the link is replaced, and its
 * target stays unchanged.
 *
 * @param mode the mode of the new file, whatever the old one had; the umask applies
 * @throws the error of the file system, with the path of the file and not of the draft
 */
export async function writeWhole(file: string, text: string, mode = 0o666): Promise<void> {
  try {
    await replace(file, text, mode);
  } catch (error) {
    throw Object.assign(error as Error, { path: file });
  }
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const draft = path.join(path.dirname(file), `.coupon-media-${randomBytes(8).toString('hex')}.new`);
  const handle = await open(draft, 'wx', mode);
  try {
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
