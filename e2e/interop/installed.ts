import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** The folder of the clients. */
export const INTEROP: string = import.meta.dirname;

/** Installs the clients in the versions of their own lockfile, unless they are installed. */
export async function installClients(): Promise<void> {
  const stamp = path.join(INTEROP, 'node_modules/.installed');
  const wanted = createHash('sha256')
    .update(await readFile(path.join(INTEROP, 'package-lock.json')))
    .digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  const started = Date.now();
  await promisify(execFile)('npm', ['ci', '--ignore-scripts'], { cwd: INTEROP });
  process.stderr.write(
    `coupon-media: installed clients in ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
  );
  await writeFile(stamp, wanted);
}

/** @returns the version of an installed client */
export async function versionOf(name: string): Promise<string> {
  const manifest = await readFile(path.join(INTEROP, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
