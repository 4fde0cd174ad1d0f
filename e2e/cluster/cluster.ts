import { rm } from 'node:fs/promises';
import path from 'node:path';
import { openClusterMerchants } from '@coupon-media/cluster';
import { type Credentials, readCredentials, startSandbox } from '@coupon-media/sandbox';
import { type ClusterConfig, isCluster, openEmbeddedMerchants, readConfig } from '@coupon-media/server';
import { type Ceph, startCeph } from '../../tools/engines/ceph.mjs';
import { type Postgres, startPostgres } from '../../tools/engines/postgres.mjs';
import { type Redis, startRedis } from '../../tools/engines/redis.mjs';
import { temporaryFolder } from '../support/sandbox.js';
import { type Balancer, balancerPort, startBalancer } from './balancer.js';
import { type EnginePorts, type Node, startNode } from './node.js';

/** Nodes behind a balancer, and the engines that they share. */
export interface Cluster {
  readonly postgres: Postgres;
  readonly s3: Ceph;
  readonly redis: Redis;
  readonly nodes: readonly Node[];
  /** The credentials of a merchant without a quota, with the balancer's URL. */
  readonly credentials: Credentials;
  /** The credentials of a merchant with a quota. It has the certificate of the other one. */
  readonly hurried: { readonly mchid: string; readonly quota: number };
  /** Like the configuration of a node, but without the proxies that fail. */
  readonly config: ClusterConfig;
  end(): Promise<void>;
}

const NODES = ['north', 'east', 'west'];
const BUCKET = 'coupons';
const HURRIED = { mchid: '1900000777', quota: 5 };

/** Milliseconds. The deadline is short, so that a short fault exceeds it. */
const ENGINE_DEADLINE = 2000;

/**
 * Starts separate engines, which a test may break, three nodes and a balancer.
 *
 * @param redisUrl a Redis for the nodes in place of the cluster's own, without a proxy between
 */
export async function startCluster(redisUrl?: string): Promise<Cluster> {
  const folder = await temporaryFolder();
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  async function end(): Promise<void> {
    for (const step of ends.splice(0).reverse()) await step();
  }
  function ending<T>(thing: T, how: (thing: T) => Promise<unknown>): T {
    ends.push(() => how(thing));
    return thing;
  }
  try {
    const [s3, postgres, redis] = await Promise.all([
      startCeph().then((started) => ending(started, ({ stop }) => stop())),
      startPostgres().then((started) => ending(started, ({ stop }) => stop())),
      startRedis().then((started) => ending(started, ({ stop }) => stop())),
    ]);
    await s3.createBucket(BUCKET);
    await postgres.createDatabase('coupons');
    const front = await balancerPort();
    const publicUrl = `http://127.0.0.1:${front}`;
    const settings = (ports: EnginePorts) => ({
      ...settingsOf(ports, folder, publicUrl, s3),
      ...(redisUrl && { COUPON_MEDIA_REDIS_URL: redisUrl }),
    });
    const ports = { postgres: postgres.port, s3: s3.port, redis: redis.port };
    Object.assign(process.env, keysOf(s3));
    const config = readConfig({}, settings(ports));
    if (!isCluster(config)) throw new Error('these settings are to name the engines');
    const credentials = await register(folder, config);

    const nodes: Node[] = [];
    for (const name of NODES)
      nodes.push(ending(await startNode(name, folder, ports, settings), (node) => node.end()));
    if (!redisUrl) await makeOld(redis);
    ending<Balancer>(await startBalancer(folder, front, nodes), ({ stop }) => stop());
    return {
      postgres,
      s3,
      redis,
      nodes,
      credentials: { ...credentials, baseUrl: publicUrl },
      hurried: HURRIED,
      config,
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Makes Redis appear to have remembered for ten minutes. What it has begun to remember within the last five minutes is
 * also kept in PostgreSQL, so a loss of its memory would prove little.
 */
export async function makeOld(redis: Pick<Redis, 'command'>): Promise<void> {
  const answer = await redis.command('HINCRBY', '{coupon-media}:epoch', 'since', '-600');
  if (!(Number(answer.slice(1)) > 600))
    throw new Error(`Redis has no epoch that could be made older: ${answer}`);
}

function settingsOf(ports: EnginePorts, folder: string, publicUrl: string, s3: Ceph): Record<string, string> {
  return {
    ...keysOf(s3),
    COUPON_MEDIA_DATABASE_URL: `postgres://postgres@127.0.0.1:${ports.postgres}/coupons`,
    COUPON_MEDIA_S3_BUCKET: BUCKET,
    COUPON_MEDIA_S3_ENDPOINT: `http://127.0.0.1:${ports.s3}`,
    COUPON_MEDIA_S3_PATH_STYLE: 'true',
    COUPON_MEDIA_REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    COUPON_MEDIA_ENGINE_DEADLINE_MS: String(ENGINE_DEADLINE),
    COUPON_MEDIA_UPLOAD_TEMP_DIR: folder,
    COUPON_MEDIA_PUBLIC_URL: publicUrl,
    COUPON_MEDIA_QUOTA_PER_SECOND: '0',
  };
}

/** Uses the usual certificate chain of the SDK. */
function keysOf({ accessKey, secretKey }: Ceph): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey };
}

/** Registers a sandbox's merchant and keys with the cluster, and a second merchant. */
async function register(folder: string, config: ClusterConfig): Promise<Credentials> {
  const sandbox = await startSandbox({ folder: path.join(folder, 'sandbox'), port: 0 });
  await sandbox.stop();
  const made = await openEmbeddedMerchants({ folder: sandbox.folder });
  const shared = await openClusterMerchants(config);
  try {
    for (const key of await made.platformKeys()) await shared.addPlatformKey(key);
    for (const { certificates, quota: _, ...profile } of await made.merchants()) {
      const { mchid, quota } = HURRIED;
      const both = [profile, ...(profile.scheme === 'merchant' ? [{ ...profile, id: mchid, quota }] : [])];
      for (const merchant of both) {
        await shared.saveMerchant(merchant);
        for (const certificate of certificates) await shared.addCertificate(merchant.id, certificate);
      }
    }
  } finally {
    await Promise.all([made.close(), shared.close()]);
  }
  return readCredentials(sandbox.credentialsPath);
}
