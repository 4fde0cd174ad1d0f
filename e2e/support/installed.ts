import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Installs what a folder's own lockfile names, at the versions of it, unless it is there. Test files that need the same wait for each other. */
export async function installFrom(folder: string): Promise<void> {
  const installer = fileURLToPath(new URL('install.mjs', import.meta.url));
  const { stderr } = await promisify(execFile)(process.execPath, [installer, folder]);
  process.stderr.write(stderr);
}
