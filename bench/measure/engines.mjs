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
 * @property {Record<string, string>} beside environment of a node of another state, which shares the processes and none of the data
 * @property {(database?: 0 | 1) => Promise<void>} makeOld once a node runs: as if Redis had remembered for ten minutes. In the first five, nodes keep every
 *   nonce in PostgreSQL as well, and in the first seconds they take no uploads
 * @property {() => EngineTimes} times so far
 * @property {() => Promise<void>} stop
 */

const BUCKET = 'bench';
const BESIDE = 'beside';

/** Adds to the memory of Redis in a database, which the script chooses, since each command has a connection of its own. */
const AGE = `redis.call('SELECT', ARGV[1]) return redis.call('HINCRBY', KEYS[1], 'since', -600)`;

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
  await ceph.createBucket(BESIDE);
  const storage = othersOf(ceph.pid);
  const shared = {
    COUPON_MEDIA_S3_ENDPOINT: ceph.endpoint,
    COUPON_MEDIA_S3_PATH_STYLE: 'true',
    COUPON_MEDIA_PUBLIC_URL: 'http://127.0.0.1:8787',
    // The SDK reads the credentials from the environment that starts a node.
    AWS_ACCESS_KEY_ID: ceph.accessKey,
    AWS_SECRET_ACCESS_KEY: ceph.secretKey,
  };
  return {
    environment: {
      ...shared,
      COUPON_MEDIA_DATABASE_URL: await postgres.createDatabase(BUCKET),
      COUPON_MEDIA_S3_BUCKET: BUCKET,
      COUPON_MEDIA_REDIS_URL: redis.url,
    },
    beside: {
      ...shared,
      COUPON_MEDIA_DATABASE_URL: await postgres.createDatabase(BESIDE),
      COUPON_MEDIA_S3_BUCKET: BESIDE,
      COUPON_MEDIA_REDIS_URL: `${redis.url}/1`,
    },
    async makeOld(database = 0) {
      const response = await redis.command('EVAL', AGE, '1', '{coupon-media}:epoch', String(database));
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
