import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a file whole: whoever reads sees the old one or the new one, never a part. The draft beside it has a name that nobody
 * can foresee and is made exclusively, so that no link is followed; where the file itself is a link, the link is replaced, and
 * what it leads to is left as it is.
 *
 * @param mode of the new file, whatever the old one had; the process's mask is taken off
 * @throws what the file system says
 */
export async function writeWhole(file: string, text: string, mode = 0o666): Promise<void> {
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
