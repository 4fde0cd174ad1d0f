import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { BilingualError, type ImageKind, imageName, readImageName } from '@coupon-media/apiv3';

/** The paths inside a store's folder. Only this file knows the names. */
export interface Folder {
  readonly path: string;
  readonly database: string;
  /** The file whose lock the serving process holds. */
  readonly lock: string;
  /** Describes the process that holds the lock, for people. It stays behind if a service did not end cleanly. */
  readonly holder: string;
  /** Says that another store has taken over; absent in a folder that may be served. */
  readonly moved: string;
  /** Temporary files of images that are arriving. */
  readonly incoming: string;
  readonly images: string;
  /** The file of an image that is stored as a file. */
  image(sha256: string, kind: ImageKind): string;
}

/** A folder is not in the required state. */
export class FolderError extends BilingualError {
  override readonly name: string = 'FolderError';
  readonly code: string = 'FOLDER';
}

export function folderAt(folder: string): Folder {
  const root = path.resolve(folder);
  const images = path.join(root, 'images');
  return {
    path: root,
    database: path.join(root, 'store.db'),
    lock: path.join(root, 'service.lock'),
    holder: path.join(root, 'service.json'),
    moved: path.join(root, 'moved.json'),
    incoming: path.join(root, 'incoming'),
    images,
    image: (sha256, kind) => path.join(images, sha256.slice(0, 2), imageName({ sha256, kind })),
  };
}

/** Creates what is missing. The database contains private keys, so only the owner may read it. */
export async function createFolder(folder: Folder): Promise<void> {
  const created = await mkdir(folder.path, { recursive: true, mode: 0o700 });
  await makeFolder(folder.incoming);
  await makeFolder(folder.images);
  for (const file of [folder.database, folder.lock]) await createFile(file);
  await syncFolder(folder.path);
  for (let at = folder.path; created !== undefined; at = path.dirname(at)) {
    await syncFolder(path.dirname(at));
    if (at === created) return;
  }
}

/** Every file in the images folder. `sha256` is undefined if the name is not that of an image. */
export async function* imageFiles(
  folder: Folder,
): AsyncGenerator<{ file: string; sha256: string | undefined }> {
  for (const directory of (await readdir(folder.images, { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  )) {
    for (const name of await readdir(path.join(folder.images, directory.name))) {
      yield { file: path.join(folder.images, directory.name, name), sha256: readImageName(name)?.sha256 };
    }
  }
}

/** Makes the names in a folder durable. Syncing a file does not do that. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Reads a file that may not exist. */
export async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(absent);
}

/** @returns bytes, or undefined if there is no such file */
export async function sizeIfThere(file: string): Promise<number | undefined> {
  return (await stat(file).catch(absent))?.size;
}

/** Handles "no such file" in a catch clause and rethrows everything else. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Creates a folder unless it exists. (With `recursive`, Node reports a read-only disk as a missing path.) */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch(present);
}

/**
 * Creates a file and never opens an existing one. Closing an existing file would release all locks that this process
 * has on it (POSIX), including SQLite's.
 */
export async function createFile(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch(present);
  await handle?.close();
}

/** Handles "file exists" in a catch clause and rethrows everything else. */
function present(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EEXIST') throw error;
}
