/** Where programs are: on the PATH, where root's are, or where Debian keeps PostgreSQL's. */
import { accessSync, constants, readdirSync } from 'node:fs';
import path from 'node:path';

const POSTGRES = '/usr/lib/postgresql';

/**
 * @param {string} name
 * @returns {string | undefined} its path
 */
export function findProgram(name) {
  const folders = [
    ...postgresFolders(),
    ...(process.env.PATH ?? '').split(path.delimiter),
    '/usr/sbin',
    '/sbin',
  ];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/**
 * @param {string} name
 * @returns {string} its path
 */
export function program(name) {
  const found = findProgram(name);
  if (!found) throw new Error(`There is no ${name} here: node tools/engines/install.mjs installs it.`);
  return found;
}

/** Debian keeps the programs of every version apart, and off the PATH: the newest first. */
function postgresFolders() {
  try {
    return readdirSync(POSTGRES)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => path.join(POSTGRES, version, 'bin'));
  } catch {
    return [];
  }
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
