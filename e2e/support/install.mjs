/** Run by installed.ts: `npm ci` in a folder, unless what its lockfile names is there; one process at a time, whoever else wants the same. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '../../tools/lock.mjs';

const [folder = ''] = process.argv.slice(2);
const stamp = path.join(folder, 'node_modules/.installed');
const wanted = createHash('sha256')
  .update(readFileSync(path.join(folder, 'package-lock.json')))
  .digest('hex');

process.exitCode = withLock(path.join(folder, '.setup-lock'), () => {}, install);

function install() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 0;
  const started = Date.now();
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 2],
  });
  if (status !== 0) return 1;
  const took = ((Date.now() - started) / 1000).toFixed(1);
  process.stderr.write(`coupon-media: installed ${path.relative('', folder)} in ${took} s\n`);
  writeFileSync(stamp, wanted);
  return 0;
}
