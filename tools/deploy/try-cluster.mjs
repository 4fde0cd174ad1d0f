/**
 * What `deploy/compose/compose.yaml` starts, by hand: its node twice from the image's files and with its settings, on real engines, behind
 * HAProxy with its configuration. Only addresses and passwords are others. Uploads go on while one node is stopped.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { startCeph, startPostgres, startRedis } from '../engines/index.mjs';
import { missing } from '../engines/install.mjs';
import { program } from '../engines/programs.mjs';
import { root } from '../setup.mjs';
import { runInJailSync } from './jail.mjs';
import {
  addMerchant,
  clientOf,
  freePort,
  makeContainer,
  PICTURE,
  platformKey,
  start,
  until,
} from './try-image.mjs';
import { readYaml } from './yaml.mjs';

/** @typedef {import('./try-image.mjs').Image} Image */
/** @typedef {import('./try-image.mjs').Container} Container */

/** @returns {string | undefined} why it cannot be tried here */
export function clusterMissing() {
  const engines = /** @type {const} */ (['postgres', 'redis', 's3', 'balancer']);
  return engines.map(missing).find((why) => why !== undefined);
}

/**
 * @param {Image} image
 * @param {string} folder for what is mounted into it
 * @param {(text: string) => void} say
 */
export async function tryCluster(image, folder, say) {
  const engines = await Promise.all([
    startPostgres(),
    startRedis({ password: 'of-this-try', appendOnly: true }),
    startCeph(),
  ]);
  /** @type {(() => unknown)[]} */
  const ends = engines.map((engine) => () => engine.stop());
  try {
    const [postgres, redis, s3] = engines;
    const balancerPort = await freePort();
    const origin = `http://127.0.0.1:${balancerPort}`;
    const settings = {
      ...composeSettings(),
      COUPON_MEDIA_PUBLIC_URL: origin,
      COUPON_MEDIA_DATABASE_URL: await postgres.createDatabase('coupon_media'),
      COUPON_MEDIA_REDIS_URL: redis.url,
      COUPON_MEDIA_S3_ENDPOINT: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.accessKey,
      AWS_SECRET_ACCESS_KEY: s3.secretKey,
    };
    const containers = [];
    for (const name of ['node-1', 'node-2']) {
      const own = { ...settings, COUPON_MEDIA_METRICS_PORT: String(await freePort()) };
      containers.push(await makeContainer(image, path.join(folder, name), own));
    }
    const [first, second] = /** @type {[Container, Container]} */ (containers);
    makeBucket(first);
    const keys = { ...platformKey(first), ...addMerchant(first, path.join(folder, 'node-1')) };
    const nodes = await Promise.all(containers.map(start));
    ends.push(...nodes.map((node) => node.kill));
    ends.push(await startBalancer(balancerPort, first, second));
    say('make-bucket.mjs made the bucket; two nodes are ready behind HAProxy, on PostgreSQL, Redis and Ceph');
    const { during, all } = await uploadsWhile(image, origin, keys, async () => nodes[0]?.stop());
    assert.ok(during > 0, 'uploads went on while a node was stopped');
    say(
      `${all} uploads through the balancer, ${during} of them while a node was stopped: none failed, each picture comes back`,
    );
    await nodes[1]?.stop();
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** @returns {Record<string, string>} of the compose file's node; those with passwords are this try's own */
function composeSettings() {
  const { documents } = readYaml(root, 'deploy/compose/compose.yaml');
  return documents[0].services['node-1'].environment;
}

/** @param {Container} container */
function makeBucket(container) {
  const script = 'make-bucket.mjs';
  copyFileSync(path.join(root, 'deploy/compose', script), path.join(container.root, 'app', script));
  const run = runInJailSync(container, ['node', `/app/${script}`]);
  assert.equal(run.status, 0, `${script}: ${run.stderr}`);
}

/**
 * @param {number} port
 * @param {Container} first
 * @param {Container} second
 */
async function startBalancer(port, first, second) {
  const config = path.join(root, 'deploy/compose/haproxy.cfg');
  const hosts = {
    NODE_1: new URL(first.origin).host,
    NODE_2: new URL(second.origin).host,
    LISTEN: `127.0.0.1:${port}`,
  };
  const balancer = spawn(program('haproxy'), ['-f', config], {
    env: { ...process.env, ...hosts },
    stdio: 'ignore',
  });
  // A path that the balancer passes on, of an image that no node has.
  const image = `http://127.0.0.1:${port}/images/${'0'.repeat(64)}.png`;
  await until('balanced', async () => (await fetch(image).catch(() => undefined))?.status === 404);
  return () => balancer.kill('SIGKILL');
}

/**
 * One after another from four at a time, none of them tried twice, before, during and after what is done.
 * @param {Image} image
 * @param {string} origin
 * @param {import('./try-image.mjs').Keys} keys
 * @param {() => Promise<unknown>} act
 */
async function uploadsWhile(image, origin, keys, act) {
  const client = await clientOf(image, origin, keys);
  /** @type {string[]} */
  const urls = [];
  let more = true;
  const senders = [0, 1, 2, 3].map(async (sender) => {
    for (let count = 0; more; count += 1) {
      // Bytes after the picture's end make it another one.
      const { imageUrl } = await client.uploadImage(
        Buffer.concat([PICTURE, Buffer.from(`${sender} ${count}`)]),
        { filename: 'one.png' },
      );
      urls.push(imageUrl);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
  const failed = Promise.all(senders);
  await Promise.race([failed, until('twenty uploads', async () => urls.length >= 20)]);
  const before = urls.length;
  await Promise.race([failed, act()]);
  const during = urls.length - before;
  await Promise.race([failed, until('twenty more', async () => urls.length >= before + during + 20)]);
  more = false;
  await failed;
  await client.close();
  for (const url of urls) assert.equal((await fetch(url)).status, 200, url);
  return { during, all: urls.length };
}
