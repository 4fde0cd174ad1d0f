/** Nodes of a relay as people run them, on engines of their own. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { startSandbox } from '@coupon-media/sandbox';
import { addMerchant, openEmbeddedMerchants } from '@coupon-media/server';
import { request } from 'undici';
import { startCeph } from '../../../tools/engines/ceph.mjs';
import { startPostgres } from '../../../tools/engines/postgres.mjs';
import { freePort, startProcess, untilReady } from '../../../tools/engines/processes.mjs';
import { startRedis } from '../../../tools/engines/redis.mjs';

const run = promisify(execFile);
const CLI = path.resolve('packages/cli/bin/coupon-media.cjs');
const BUCKET = 'relayed';
const ACCOUNT = 'main';

/** A brand whose account shares the pace of the merchant's. */
const BRAND = { account: 'brand', id: '40001' };

/**
 * @typedef {object} Nodes
 * @property {readonly Node[]} all
 * @property {import('@coupon-media/sandbox').Credentials} caller of a merchant that the relay knows
 * @property {readonly { id: string, publicKeyPath: string }[]} platformKeys what verifies responses of the relay
 * @property {string} brandId of a brand that the relay knows, with the key of `caller`
 * @property {string} token for the plain door
 * @property {string} brandToken for the account of the brand
 * @property {(name: string) => Promise<string>} createToken another one
 * @property {Readonly<Record<string, string>>} environment of a command for this relay
 * @property {readonly { kill: () => Promise<void>, start: () => Promise<void> }[]} engines PostgreSQL, S3 and Redis, which keep what they hold
 * @property {() => Promise<string>} log what all of them have logged
 * @property {() => Promise<void>} end
 */

/**
 * @typedef {object} Node
 * @property {string} url
 * @property {() => Promise<void>} start
 * @property {() => Promise<void>} kill with SIGKILL
 */

/**
 * Starts PostgreSQL, Ceph, Redis and three nodes. The caller's merchant is another than the one at upstream.
 * @param {object} options
 * @param {string} options.folder a temporary one
 * @param {import('@coupon-media/sandbox').Sandbox} options.upstream
 * @param {number | undefined} options.pace uploads a second at upstream; undefined: it is found
 * @param {number} options.deadline milliseconds of a try at upstream
 * @param {number} [options.count]
 * @returns {Promise<Nodes>}
 */
export async function startNodes({ folder, upstream, pace, deadline, count = 3 }) {
  const [s3, postgres, redis] = await Promise.all([startCeph(), startPostgres(), startRedis()]);
  await s3.createBucket(BUCKET);
  await postgres.createDatabase('relay');
  // A merchant that calls the relay has keys of its own.
  const callers = await startSandbox({ folder: path.join(folder, 'caller'), keys: 'own' });
  const caller = callers.credentials;
  await callers.stop();
  await addBrand(upstream);
  /** Writes a file that only its owner reads. */
  async function kept(/** @type {string} */ name, /** @type {object} */ content) {
    const file = path.join(folder, name);
    await writeFile(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  }
  const { mchid, baseUrl: _, ...keys } = upstream.credentials;
  const deadlines = { response: deadline };
  const profile = await kept('profile.json', { ...keys, mchid, hosts: upstream.hosts });
  const ofBrand = await kept('brand.json', { ...keys, brandId: BRAND.id, hosts: upstream.hosts });
  const accounts = await kept('accounts.json', {
    accounts: {
      [ACCOUNT]: { profile, pace: { perSecond: pace }, deadlines },
      [BRAND.account]: { profile: ofBrand, pace: { with: ACCOUNT }, deadlines },
    },
  });
  const environment = {
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    COUPON_MEDIA_DATABASE_URL: `postgres://postgres@127.0.0.1:${postgres.port}/relay`,
    COUPON_MEDIA_S3_BUCKET: BUCKET,
    COUPON_MEDIA_S3_ENDPOINT: `http://127.0.0.1:${s3.port}`,
    COUPON_MEDIA_S3_PATH_STYLE: 'true',
    COUPON_MEDIA_REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    COUPON_MEDIA_UPLOAD_TEMP_DIR: folder,
    COUPON_MEDIA_QUOTA_PER_SECOND: '0',
    COUPON_MEDIA_ACCOUNTS_FILE: accounts,
  };
  const command = async (/** @type {string[]} */ ...args) =>
    (await run(process.execPath, [CLI, ...args], { env: { ...process.env, ...environment } })).stdout;
  for (const who of [[caller.mchid], [BRAND.id, '--brand']])
    await command('merchant', 'add', ...who, '--certificate', caller.certificatePath);
  const createToken = async (/** @type {string} */ name, account = ACCOUNT) =>
    /cmr_[\w-]+/.exec(
      await command('token', 'create', '--name', name, '--account', account, '--scope', 'upload,read'),
    )?.[0] ?? '';
  const token = await createToken('storm');
  const brandToken = await createToken('storm', BRAND.account);
  const all = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      startNode(`node ${at}`, path.join(folder, `node-${at}.log`), environment),
    ),
  );
  const publicKeyPath = path.join(folder, 'platform.pem');
  const [id = '', ...pem] = (await command('platform-key', 'show')).split('\n');
  await writeFile(publicKeyPath, pem.join('\n'));
  return {
    all,
    caller,
    platformKeys: [{ id, publicKeyPath }],
    brandId: BRAND.id,
    token,
    brandToken,
    createToken,
    environment,
    engines: [postgres, s3, redis].map((engine) => ({
      kill: () => engine.kill(),
      start: () => engine.restart(),
    })),
    async log() {
      const logs = all.map((_, at) => readFile(path.join(folder, `node-${at}.log`), 'utf8'));
      return (await Promise.all(logs)).join('');
    },
    async end() {
      await Promise.all(all.map((node) => node.kill()));
      await Promise.all([s3.stop(), postgres.stop(), redis.stop()]);
    },
  };
}

/** Lets upstream know the brand, with the certificate of its merchant. @param {import('@coupon-media/sandbox').Sandbox} upstream */
async function addBrand({ folder, credentials }) {
  const records = await openEmbeddedMerchants({ folder });
  const certificatePem = await readFile(credentials.certificatePath, 'utf8');
  await addMerchant(
    records,
    { id: BRAND.id, scheme: 'brand', certificatePem },
    Math.floor(Date.now() / 1000),
  );
  await records.close();
}

/**
 * @param {string} name
 * @param {string} log
 * @param {Record<string, string>} environment
 * @returns {Promise<Node>}
 */
async function startNode(name, log, environment) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  /** @type {import('../../../tools/engines/processes.mjs').EngineProcess | undefined} */
  let running;
  const node = {
    url,
    async start() {
      running = startProcess(name, process.execPath, [CLI, 'relay'], {
        log,
        environment: { ...environment, COUPON_MEDIA_HOST: '127.0.0.1', COUPON_MEDIA_PORT: String(port) },
      });
      await untilReady(name, log, [running], async () => {
        const { statusCode, body } = await request(`${url}/healthz`);
        await body.dump();
        return statusCode === 200;
      });
    },
    async kill() {
      await running?.end('SIGKILL');
      running = undefined;
    },
  };
  await node.start();
  return node;
}
