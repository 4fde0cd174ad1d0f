import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Installs what a folder's own lockfile names, at the versions of it, unless it is there. */
export async function installFrom(folder: string): Promise<void> {
  const stamp = path.join(folder, 'node_modules/.installed');
  const wanted = createHash('sha256')
    .update(await readFile(path.join(folder, 'package-lock.json')))
    .digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  const started = Date.now();
  await promisify(execFile)('npm', ['ci', '--ignore-scripts'], { cwd: folder });
  const took = ((Date.now() - started) / 1000).toFixed(1);
  process.stderr.write(`coupon-media: installed ${path.relative('', folder)} in ${took} s\n`);
  await writeFile(stamp, wanted);
}
