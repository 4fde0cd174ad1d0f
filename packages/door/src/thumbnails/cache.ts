import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceLog } from '@coupon-media/server';

/**
 * Thumbnails on the disk of this node: files that can be made again. The folder, or any part of it, may be deleted at any time. What cannot
 * be read or written is as good as not there.
 */
export interface ThumbnailCache {
  /** @returns undefined if it is not there; an empty Buffer if none can be made of the image */
  read(sha256: string): Promise<Buffer | undefined>;
  write(sha256: string, bytes: Buffer): Promise<void>;
}

/**
 * @param folder made when the first file is written
 * @param maxBytes of all files; those that were not asked for longest go first
 */
export function createThumbnailCache(
  { folder, maxBytes }: { readonly folder: string; readonly maxBytes: number },
  log: Pick<ServiceLog, 'warn'>,
): ThumbnailCache {
  /** Bytes on the disk by digest, in the order in which they were last asked for. */
  const known = new Map<string, number>();
  let total = 0;
  let scanned: Promise<void> | undefined;
  let isWarned = false;
  let written = 0;

  const fileOf = (sha256: string) => path.join(folder, sha256.slice(0, 2), `${sha256}.webp`);

  function forget(sha256: string): void {
    total -= known.get(sha256) ?? 0;
    known.delete(sha256);
  }

  function touch(sha256: string, bytes: number): void {
    forget(sha256);
    known.set(sha256, bytes);
    total += bytes;
  }

  /** What an earlier process left, the oldest first. It counts before anything is removed. */
  async function scan(): Promise<void> {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const found: { sha256: string; bytes: number; at: number }[] = [];
    for (const name of names) {
      const sha256 = /([0-9a-f]{64})\.webp$/.exec(name)?.[1];
      const stats = sha256 && (await stat(path.join(folder, name)).catch(() => undefined));
      if (sha256 && stats) found.push({ sha256, bytes: spaceOf(stats.size), at: stats.mtimeMs });
    }
    const since = [...known];
    known.clear();
    total = 0;
    for (const { sha256, bytes } of found.sort((one, other) => one.at - other.at)) touch(sha256, bytes);
    for (const [sha256, bytes] of since) touch(sha256, bytes);
  }

  async function makeRoom(): Promise<void> {
    scanned ??= scan();
    await scanned;
    for (const sha256 of known.keys()) {
      if (total <= maxBytes) return;
      forget(sha256);
      await rm(fileOf(sha256), { force: true });
    }
  }

  return {
    async read(sha256) {
      try {
        const bytes = await readFile(fileOf(sha256));
        touch(sha256, spaceOf(bytes.length));
        return bytes;
      } catch {
        forget(sha256);
        return undefined;
      }
    },
    async write(sha256, bytes) {
      const file = fileOf(sha256);
      written += 1;
      const draft = `${file}.${process.pid}.${written}`;
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await writeFile(draft, bytes, { mode: 0o600 });
        // Whoever reads meanwhile sees a whole file.
        await rename(draft, file);
        touch(sha256, spaceOf(bytes.length));
        await makeRoom();
        isWarned = false;
      } catch (err) {
        await rm(draft, { force: true }).catch(() => {});
        // A full disk fails at every image.
        if (!isWarned) log.warn({ err, folder }, 'thumbnails cannot be kept; they are made at each look');
        isWarned = true;
      }
    },
  };
}

/** Bytes that a file takes of the disk: its blocks. */
function spaceOf(bytes: number): number {
  return Math.ceil((bytes + 1) / BLOCK) * BLOCK;
}

const BLOCK = 4096;
