import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isImage } from './kinds.js';
import type { LeftOutReason } from './left-out.js';
import { leftByMachine } from './machine-files.js';
import { fsPath, pathOfBytes } from './raw-path.js';

/** Receives what a walk finds. */
export interface Finder {
  image(file: string): void;
  /** @param form the suffix or the name that is shown for files of this kind */
  leftOut(form: string, reason: LeftOutReason): void;
  /** @param cause why the folder could not be read */
  unreadable(folder: string, cause: unknown): void;
}

/**
 * Walks a folder in natural order (`2.png` before `10.png`). It passes over hidden files, what machines leave, and links to
 * folders, which may form a circle.
 */
export async function walk(folder: string, finder: Finder): Promise<void> {
  for (const entry of await entriesOf(folder, finder)) {
    const file = path.join(folder, entry.name);
    const passed = await passedOver(entry, file);
    if (passed) finder.leftOut(...passed);
    else if (entry.isDirectory()) await walk(file, finder);
    else if ((entry.isFile() || entry.isSymbolicLink()) && (await isImage(file))) finder.image(file);
    else finder.leftOut(suffixForm(entry.name), 'other');
  }
}

/** @returns the form that stands for all files with this suffix */
export function suffixForm(name: string): string {
  const suffix = path.extname(name).toLowerCase();
  return /^\.[\w-]{1,12}$/.test(suffix) ? `*${suffix}` : '*';
}

async function passedOver(entry: Entry, file: string): Promise<[form: string, LeftOutReason] | undefined> {
  const machine = leftByMachine(entry.name, entry.isDirectory());
  if (machine !== undefined) return [machine, 'machine'];
  if (entry.name.startsWith('.')) return ['.*', 'hidden'];
  if (entry.isSymbolicLink() && (await isFolder(file))) return [entry.name, 'link'];
  return undefined;
}

type Entry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

async function entriesOf(folder: string, { unreadable }: Finder): Promise<Entry[]> {
  try {
    const found = await readdir(fsPath(folder), { withFileTypes: true, encoding: 'buffer' });
    const entries = await Promise.all(found.map((entry) => entryOf(entry, folder)));
    return entries.sort((a, b) => BY_NUMBER.compare(a.name, b.name));
  } catch (cause) {
    unreadable(folder, cause);
    return [];
  }
}

/** Bun gives the names alone where they are wanted as bytes. */
async function entryOf(found: Dirent<Buffer> | Buffer, folder: string): Promise<Entry> {
  if (!Buffer.isBuffer(found)) return entryNamed(found.name, found);
  return entryNamed(found, await lstat(fsPath(path.join(folder, pathOfBytes(found)))));
}

function entryNamed(name: Buffer, kind: Dirent<Buffer> | Stats): Entry {
  return {
    name: pathOfBytes(name),
    isFile: () => kind.isFile(),
    isDirectory: () => kind.isDirectory(),
    isSymbolicLink: () => kind.isSymbolicLink(),
  };
}

const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** A broken link is kept: the error is reported when the file is read. */
async function isFolder(link: string): Promise<boolean> {
  return (await stat(fsPath(link)).catch(() => undefined))?.isDirectory() === true;
}
