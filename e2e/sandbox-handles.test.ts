import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { run } from './support/run.js';

/**
 * Starts sandboxes in a process of its own, since the handles of this one come and go. The first is a rehearsal: it brings the threads of
 * Node and of the database, which stay. The garbage collector is not asked for anything.
 */
const SCRIPT = `
import { readdirSync, readlinkSync } from 'node:fs';
import { startSandbox } from '@coupon-media/sandbox';

const handles = () => readdirSync('/proc/self/fd').flatMap((fd) => {
  try {
    return [readlinkSync('/proc/self/fd/' + fd)];
  } catch {
    return []; // that of this very listing
  }
});
const once = async () => {
  const sandbox = await startSandbox();
  const client = await sandbox.client();
  await client.uploadImage('packages/sandbox/images/coupon.png');
  await sandbox.stop();
};
await Promise.all(Array.from({ length: 20 }, once));
const before = handles().length;
let most = 0;
for (let n = 0; n < 200; n += 1) {
  await once();
  most = Math.max(most, handles().length);
}
await Promise.all(Array.from({ length: 20 }, once));
const files = handles().filter((file) => file.includes('coupon-media-sandbox-'));
console.log(JSON.stringify({ more: handles().length - before, most: most - before, files }));
`;

test('two hundred sandboxes one after the other and twenty at once leave no handle and no file', async ({
  skip,
}) => {
  if (process.platform !== 'linux') skip('the handles of a process are read from /proc');
  const home = await mkdtemp(path.join(tmpdir(), 'handles-'));
  const env = { ...process.env, TMPDIR: home };
  const { code, stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', SCRIPT], '', {
    env,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { more, most, files } = JSON.parse(stdout) as { more: number; most: number; files: string[] };
  expect(files).toEqual([]);
  expect(more).toBeLessThanOrEqual(0);
  expect(most).toBeLessThanOrEqual(4);
  expect(await readdir(home)).toEqual([]);
  await rm(home, { recursive: true });
}, 120_000);
