import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { link } from '../support/links.js';
import { run } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';

/** A folder with links to every installed package except the cluster's. */
let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  await link('node_modules', path.join(folder, 'node_modules'), (name) => name !== '@coupon-media');
  const ours = path.join('node_modules', '@coupon-media');
  await link(ours, path.join(folder, ours), (name) => name !== 'cluster');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CLUSTER = {
  COUPON_MEDIA_DATABASE_URL: 'postgres://coupons:hush-hush@127.0.0.1:9/coupons',
  COUPON_MEDIA_S3_BUCKET: 'coupon-images',
  COUPON_MEDIA_REDIS_URL: 'redis://:hush-hush@127.0.0.1:9',
};

/** Links are not resolved, so that a package finds only what is installed beside it. */
function couponMedia(...args: string[]) {
  const settings = Object.entries(CLUSTER).map(([name, value]) => `${name}=${value}`);
  const main = path.join(folder, 'node_modules/coupon-media/dist/main.js');
  const node = [process.execPath, '--preserve-symlinks', '--preserve-symlinks-main', main];
  return run('env', [...settings, ...node, ...args]);
}

test.each([
  [['serve']],
  [['store', 'check']],
  [['store', 'list']],
  [['store', 'migrate', '--to', 'cluster', '--data', '.']],
  [['merchant', 'list']],
  [['platform-key', 'list']],
])(
  'without @coupon-media/cluster, a cluster is refused by one line that says what to install: %s',
  async (args) => {
    const { code, stdout, stderr } = await couponMedia(...args, '--lang', 'en');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    const lines = stderr.trim().split('\n');
    expect(lines.at(-1)).toBe(
      'coupon-media: the configuration names a cluster, whose engines are a package of their own: npm install @coupon-media/cluster',
    );
    expect(stderr).not.toContain('hush-hush');
  },
);

test('the service still serves a folder', async () => {
  expect(await couponMedia('platform-key', 'add', '--data', path.join(folder, 'data'))).toMatchObject({
    code: 0,
  });
});
