/**
 * Starts an engine when the first test asks for it, and gives each that asks a place of its own on it: a database, a bucket.
 * It lives in the process that runs all tests, and is asked over loopback by those that each test file has to itself.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startCeph } from './ceph.mjs';
import { missing } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { program } from './programs.mjs';
import { startRedis } from './redis.mjs';
import { startStore } from './s3-stores.mjs';

/** @typedef {import('./install.mjs').Engine} Engine */

const REDIS_DATABASES = 1024;

/** @returns {Promise<{ url: string, close: () => Promise<void> }>} */
export async function openBroker() {
  /** @type {{ stop: () => Promise<void> }[]} */
  const running = [];

  /**
   * @template {{ stop: () => Promise<void> }} T
   * @param {() => Promise<T>} start
   */
  const shared = (start) =>
    onceOnly(async () => {
      const engine = await start();
      running.push(engine);
      return engine;
    });

  const postgres = shared(() => startPostgres({ fsync: false }));
  const redis = shared(() => startRedis({ databases: REDIS_DATABASES }));
  // The tests of the store are the contract of others, too.
  const s3 = shared(
    /** @returns {Promise<Pick<import('./ceph.mjs').Ceph, 'endpoint' | 'region' | 'accessKey' | 'secretKey' | 'createBucket' | 'stop'>>} */
    () => (process.env.TEST_S3 ? startStore(process.env.TEST_S3) : startCeph()),
  );
  const install = onceOnly(runInstall);
  let given = 0;

  /** @type {Record<Engine, (place: number) => Promise<unknown>>} */
  const places = {
    async postgres(place) {
      return { url: await (await postgres()).createDatabase(`test_${place}`) };
    },
    async redis(place) {
      return { url: `${(await redis()).url}/${place % REDIS_DATABASES}` };
    },
    async s3(place) {
      const { endpoint, region, accessKey, secretKey, createBucket } = await s3();
      await createBucket(`test-${place}`);
      return { endpoint, region, accessKey, secretKey, bucket: `test-${place}` };
    },
    balancer: async () => ({ program: program('haproxy') }),
    pgbouncer: async () => ({ program: program('pgbouncer') }),
    nginx: async () => ({ program: program('nginx') }),
    apache: async () => ({ program: program('apache2') }),
  };

  /** @param {URL} url `/place/ENGINE`, or `/missing/ENGINE` for who starts one alone */
  async function answer({ pathname }) {
    const [, wish, name] = pathname.split('/');
    const engine = /** @type {Engine} */ (name);
    if (missing(engine)) await install();
    const why = missing(engine);
    if (why || wish === 'missing') return { missing: why };
    given += 1;
    return places[engine](given);
  }

  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '', 'http://broker')).then(
      (place) => response.end(JSON.stringify(place)),
      (error) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await Promise.all(running.map((engine) => engine.stop()));
    },
  };
}

/**
 * @template T
 * @param {() => Promise<T>} act
 */
function onceOnly(act) {
  /** @type {Promise<T> | undefined} */
  let result;
  return () => {
    result ??= act();
    return result;
  };
}

/** In a process of its own: this one has tests to run. What cannot be installed is told by who misses it. */
async function runInstall() {
  const script = fileURLToPath(new URL('install.mjs', import.meta.url));
  await once(spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
}
