import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { installFrom } from '../support/installed.js';

/** The folder of the clients. */
export const INTEROP: string = import.meta.dirname;

/** Installs the clients in the versions of their own lockfile, unless they are installed. */
export function installClients(): Promise<void> {
  return installFrom(INTEROP);
}

/** @returns the version of an installed client */
export async function versionOf(name: string): Promise<string> {
  const manifest = await readFile(path.join(INTEROP, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
