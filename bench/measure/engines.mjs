/** The engines that nodes share, as the tests start them, and their processor time. */
import { readdirSync, readFileSync } from 'node:fs';
import { startCeph, startPostgres, startRedis } from '../../tools/engines/index.mjs';
import { installEngines } from '../../tools/engines/install.mjs';
import { familyTime } from './processor.mjs';

/**
 * @typedef {object} EngineTimes microseconds of processor time
 * @property {number} postgres
 * @property {number} redis
 * @property {number} gateway Ceph's, which speaks S3
 * @property {number} storage Ceph's: its storage daemon and its monitor
 */

/**
 * @typedef {object} Engines
 * @property {Record<string, string>} environment of a node that is to use them
 * @property {() => Promise<void>} makeOld once a node runs: as if Redis had remembered for ten minutes. In the first five, nodes keep every
 *   nonce in PostgreSQL as well, and in the first seconds they take no uploads
 * @property {() => EngineTimes} times so far
 * @property {() => Promise<void>} stop
 */

const BUCKET = 'bench';

/**
 * PostgreSQL has its durable defaults; Redis writes nothing to disk; Ceph keeps bytes in memory, so that this machine's disk is
 * not measured as if it were a cluster's.
 * @returns {Promise<Engines>}
 * @throws where an engine is missing and cannot be installed
 */
export async function startEngines() {
  const missing = installEngines();
  if (missing.length > 0) throw new Error(missing.map(({ engine, why }) => `${engine}: ${why}`).join('\n'));
  const [ceph, postgres, redis] = await Promise.all([startCeph(), startPostgres(), startRedis()]);
  await ceph.createBucket(BUCKET);
  const storage = othersOf(ceph.pid);
  return {
    environment: {
      COUPON_MEDIA_DATABASE_URL: await postgres.createDatabase('bench'),
      COUPON_MEDIA_S3_BUCKET: BUCKET,
      COUPON_MEDIA_S3_ENDPOINT: ceph.endpoint,
      COUPON_MEDIA_S3_PATH_STYLE: 'true',
      COUPON_MEDIA_REDIS_URL: redis.url,
      COUPON_MEDIA_PUBLIC_URL: 'http://127.0.0.1:8787',
      // The SDK reads the credentials from the environment that starts a node.
      AWS_ACCESS_KEY_ID: ceph.accessKey,
      AWS_SECRET_ACCESS_KEY: ceph.secretKey,
    },
    async makeOld() {
      const response = await redis.command('HINCRBY', '{coupon-media}:epoch', 'since', '-600');
      if (!(Number(response.slice(1)) > 600)) throw new Error(`Redis has no epoch: ${response}`);
    },
    times: () => ({
      postgres: familyTime(postgres.pid),
      redis: familyTime(redis.pid),
      gateway: familyTime(ceph.pid),
      storage: storage.reduce((sum, pid) => sum + familyTime(pid), 0),
    }),
    async stop() {
      await Promise.all([ceph.stop(), postgres.stop(), redis.stop()]);
    },
  };
}

/** Ceph's daemons name the same configuration file. @param {number} gateway */
function othersOf(gateway) {
  const configuration = commandOf(gateway).find((word) => word.endsWith('/ceph.conf'));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== gateway && commandOf(pid).includes(configuration ?? '/'));
}

/** @param {number} pid */
function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has ended meanwhile
  }
}
