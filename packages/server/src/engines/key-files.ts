import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Finds files with keys in a data folder that other users of this machine can read.
 *
 * @returns their paths; empty if only the owner can enter the folder
 */
export async function exposedKeyFiles(folder: string): Promise<string[]> {
  if (((await stat(folder)).mode & ENTER) === 0) return [];
  const names = await readdir(folder);
  const merchant = await readdir(path.join(folder, 'merchant')).catch(() => []);
  const files = [...names, ...merchant.map((name) => path.join('merchant', name))]
    .filter((name) => HOLDS_KEYS.test(name))
    .map((name) => path.join(folder, name));
  const exposed = await Promise.all(files.map(isReadableByOthers));
  return files.filter((_, at) => exposed[at]);
}

/** @returns whether any user of this machine can replace files in the folder */
export async function isWritableByAnybody(folder: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return ((await stat(folder)).mode & (WRITE_OF_OTHERS | STICKY)) === WRITE_OF_OTHERS;
}

/** @returns whether a user other than the owner can read the file; false on a system without such modes */
export async function isReadableByOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return ((await stat(file)).mode & READ) !== 0;
}

/**
 * The database and its write-ahead log contain the private keys of the platform; credentials.json contains an APIv3
 * key.
 */
const HOLDS_KEYS = /(\.db|\.db-wal|_key\.pem|credentials\.json)$/;
/** Mode bits of the group and of others. */
const ENTER = 0o011;
const READ = 0o044;
/** The mode bit of others alone, because groups often share a folder on purpose. */
const WRITE_OF_OTHERS = 0o002;
/** In a folder with this bit only the owner of a file can remove it. */
const STICKY = 0o1000;
