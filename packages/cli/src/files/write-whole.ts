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

/**
 * Checks that a file beside this one can be created and has space for a number of bytes.
 *
 * @throws the error of the file system, with the path of the file
 */
export async function checkSpace(file: string, bytes: number): Promise<void> {
  const draft = draftOf(file);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      for (let left = bytes; left > 0; ) {
        // A disk that fills up accepts a part, and refuses only the rest.
        const { bytesWritten } = await handle.write(SPACE, 0, Math.min(left, SPACE.length));
        left -= bytesWritten;
      }
      await handle.sync();
    } finally {
      await handle.close();
      await rm(draft, { force: true });
    }
  } catch (error) {
    throw Object.assign(error as Error, { path: file });
  }
}

const SPACE = Buffer.alloc(256 * 1024);

function draftOf(file: string): string {
  return path.join(path.dirname(file), `.coupon-media-${randomBytes(8).toString('hex')}.new`);
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const draft = draftOf(file);
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
