import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Files of keys in a data folder that other users of this machine can read.
 *
 * @returns their paths; empty where nobody but the owner can enter the folder
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

/** @returns whether anybody on this machine may put other files in place of those in a folder */
export async function isWritableByAnybody(folder: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return ((await stat(folder)).mode & (WRITE_OF_OTHERS | STICKY)) === WRITE_OF_OTHERS;
}

/** @returns whether anybody but its owner may read a file; false where the system knows no such modes */
export async function isReadableByOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return ((await stat(file)).mode & READ) !== 0;
}

/** The database with its write-ahead log holds the platform's private keys; credentials.json an APIv3 key. */
const HOLDS_KEYS = /(\.db|\.db-wal|_key\.pem|credentials\.json)$/;
/** Mode bits of group and others. */
const ENTER = 0o011;
const READ = 0o044;
/** Of others alone: groups are often shared on purpose. */
const WRITE_OF_OTHERS = 0o002;
/** In such a folder only owners remove what is theirs. */
const STICKY = 0o1000;
