import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** The contents of a folder and all its subfolders. */
export interface Walked {
  readonly images: string[];
  /** Folders that could not be read. */
  readonly problems: { path: string; cause: unknown }[];
  /** The number of files that are not images by their names; hidden files are not counted. */
  leftOut: number;
}

/**
 * Walks a folder in natural order (`2.png` before `10.png`). It skips hidden files (`.DS_Store`, and the `._2.png` that macOS
 * writes beside `2.png`) and links to folders, which may form a circle.
 */
export async function walk(folder: string, suffixes: ReadonlySet<string>): Promise<Walked> {
  const walked: Walked = { images: [], problems: [], leftOut: 0 };
  await walkInto(folder, suffixes, walked);
  return walked;
}

async function walkInto(folder: string, suffixes: ReadonlySet<string>, walked: Walked): Promise<void> {
  const entries = await entriesOf(folder, walked);
  for (const entry of entries) {
    const here = path.join(folder, entry.name);
    if (entry.isDirectory()) await walkInto(here, suffixes, walked);
    else if (!suffixes.has(path.extname(entry.name).toLowerCase())) walked.leftOut += 1;
    else if (entry.isFile() || (entry.isSymbolicLink() && !(await isFolder(here)))) walked.images.push(here);
  }
}

async function entriesOf(folder: string, walked: Walked): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX')
      .sort((a, b) => BY_NUMBER.compare(a.name, b.name));
  } catch (cause) {
    walked.problems.push({ path: folder, cause });
    return [];
  }
}

const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** A broken link is kept: the error is reported when the file is read. */
async function isFolder(link: string): Promise<boolean> {
  return (await stat(link).catch(() => undefined))?.isDirectory() === true;
}
