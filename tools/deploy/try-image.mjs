/** What is tried on an image's files: the service as its user, nothing writable but its volumes, a picture through it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execForm } from './dockerfile.mjs';
import { firstProcess, runInJail, runInJailSync } from './jail.mjs';

/**
 * @typedef {object} Image
 * @property {string} folder
 * @property {Record<string, string>} env
 * @property {string} workdir
 * @property {string} [user]
 * @property {Record<string, import('./dockerfile.mjs').Step>} last the last step of each kind
 */
/** @typedef {import('./jail.mjs').Jail} Jail */

const MERCHANT = '1900000109';
/** Seconds. Generous: what is tried is whether, not how fast. */
const PATIENCE = 60;

/**
 * @param {Image} image
 * @param {string} folder for what is mounted into it
 * @param {(text: string) => void} say
 */
export async function tryImage(image, folder, say) {
  nothingThatDoesNotBelong(image);
  const container = await makeContainer(image, folder);
  const keys = { ...platformKey(container), ...addMerchant(container, folder) };
  rootHolds(container);
  say('no secrets, sources or decoders in it; its root cannot be written; merchant and key added');
  const url = await served(container, async () => {
    healthy(container);
    const url = await upload(container, keys);
    say(`as user ${container.user?.uid}, without capabilities: healthy, and the picture is at ${url}`);
    return url;
  });
  await served(container, async () => {
    const again = await fetch(`${container.origin}${new URL(url).pathname}`);
    assert.equal(
      Buffer.compare(Buffer.from(await again.arrayBuffer()), PICTURE),
      0,
      'the picture outlives its process',
    );
  });
  say('SIGTERM to process 1 ended it with 0, twice; started again on its volume, it has the picture');
}

/** @typedef {Jail & { image: Image, origin: string, volumes: Record<string, string> }} Container */

/**
 * Volumes made by an engine take over the owner and the mode of the folder they stand for.
 * @param {Image} image
 * @param {string} folder
 * @param {Record<string, string>} settings that it is started with, beside those of the image
 * @returns {Promise<Container>}
 */
export async function makeContainer(image, folder, settings = {}) {
  const [uid = 0, gid = 0] = (image.user ?? '').split(':').map(Number);
  assert.ok(uid > 0 && gid > 0, `USER ${image.user} is a number that is not root's`);
  /** @type {Record<string, string>} */
  const volumes = {};
  for (const name of ['COUPON_MEDIA_DATA', 'COUPON_MEDIA_UPLOAD_TEMP_DIR']) {
    const inside = image.env[name];
    assert.ok(inside, `the image sets ${name}`);
    const owner = statSync(path.join(image.folder, inside));
    assert.equal(
      `${owner.uid}:${owner.gid} ${(owner.mode & 0o777).toString(8)}`,
      `${uid}:${gid} 700`,
      `owner of ${inside}`,
    );
    const outside = path.join(folder, inside);
    mkdirSync(outside, { recursive: true, mode: 0o700 });
    chownSync(outside, uid, gid);
    volumes[inside] = outside;
  }
  const port = await freePort();
  const env = { ...image.env, ...settings, COUPON_MEDIA_HOST: '127.0.0.1', COUPON_MEDIA_PORT: String(port) };
  const { folder: root, workdir } = image;
  return {
    image,
    root,
    workdir,
    env,
    volumes,
    user: { uid, gid },
    readOnly: true,
    origin: `http://127.0.0.1:${port}`,
  };
}

/** @param {Image} image */
function nothingThatDoesNotBelong({ folder }) {
  const app = path.join(folder, 'app');
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' });
  const ours = files.filter((file) => !file.startsWith('node_modules/'));
  const wrong = ours.filter((file) =>
    /(^|\/)(src|test|\.env|\.git|\.coupon-media)(\/|$)|\.(pem|key|db)$|\.tsbuildinfo$/.test(file),
  );
  assert.deepEqual(wrong, [], 'files that do not belong into an image');
  for (const library of ['sharp', '@img', 'libheif-js', 'typescript', 'vitest', '@biomejs']) {
    assert.ok(!existsSync(path.join(app, 'node_modules', library)), `${library} is left out`);
  }
}

/**
 * @param {Container} container
 * @param {string[]} args
 */
function couponMedia(container, ...args) {
  const run = runInJailSync(container, ['coupon-media', ...args]);
  assert.equal(run.status, 0, `coupon-media ${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

/** @param {Container} container */
export function platformKey(container) {
  const [id = '', ...pem] = couponMedia(container, 'platform-key', 'add').split('\n');
  return { id, publicKey: pem.join('\n') };
}

/**
 * @param {Container} container
 * @param {string} folder
 */
export function addMerchant(container, folder) {
  const data = container.volumes[container.image.env.COUPON_MEDIA_DATA ?? ''] ?? '';
  const privateKeyPath = path.join(folder, 'apiclient_key.pem');
  const certificate = path.join(data, 'apiclient_cert.pem');
  const serial = '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C';
  const made = spawnSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=${MERCHANT}`],
      ...['-set_serial', `0x${serial}`, '-keyout', privateKeyPath, '-out', certificate],
    ],
    { encoding: 'utf8' },
  );
  assert.equal(made.status, 0, `openssl: ${made.stderr}`);
  chownSync(certificate, container.user?.uid ?? 0, container.user?.gid ?? 0);
  couponMedia(
    container,
    'merchant',
    'add',
    MERCHANT,
    '--certificate',
    `${container.env.COUPON_MEDIA_DATA}/apiclient_cert.pem`,
  );
  return { privateKeyPath, serial };
}

/** @param {Container} container */
function rootHolds(container) {
  for (const file of ['/app/written', '/written', '/tmp/written', '/usr/local/bin/written']) {
    const run = runInJailSync(container, [
      'node',
      '-e',
      `require('fs').writeFileSync(${JSON.stringify(file)}, '')`,
    ]);
    assert.match(run.stderr, /EROFS/, `writing ${file}`);
  }
}

/**
 * Starts what the image starts, until it is ready; ends it as an engine does.
 * @template T
 * @param {Container} container
 * @param {() => Promise<T>} use
 * @returns {Promise<T>}
 */
async function served(container, use) {
  const running = await start(container);
  try {
    const result = await use();
    await running.stop();
    return result;
  } finally {
    running.kill();
  }
}

/**
 * @param {Container} container
 * @returns {Promise<{ stop: () => Promise<void>, kill: () => void }>} once it is ready; `stop` is what an engine does, and it has to end with 0
 */
export async function start(container) {
  const { last } = container.image;
  const command = [...(execForm(last.ENTRYPOINT) ?? []), ...(execForm(last.CMD) ?? [])];
  const jailed = runInJail(container, command, ['ignore', 'pipe', 'pipe']);
  let log = '';
  for (const stream of [jailed.stdout, jailed.stderr]) {
    stream?.on('data', (chunk) => {
      log = `${log}${chunk}`.slice(-4000);
    });
  }
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve, reject) => jailed.once('error', reject).once('close', resolve));
  const kill = () => void jailed.kill('SIGKILL');
  try {
    await until('ready', async () => {
      assert.equal(jailed.exitCode, null, `it ended: ${log}`);
      return (await fetch(`${container.origin}/readyz`).catch(() => undefined))?.ok;
    });
    bareProcess(firstProcess(jailed));
  } catch (error) {
    kill();
    throw error;
  }
  return {
    kill,
    async stop() {
      process.kill(firstProcess(jailed) ?? 0, /** @type {NodeJS.Signals} */ (last.STOPSIGNAL?.text));
      assert.equal(await ended, 0, `how it ends: ${log}`);
    },
  };
}

/** @param {number | undefined} pid */
function bareProcess(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  assert.match(status, /^Uid:\s+10001\s+10001\s+10001\s+10001$/m);
  assert.match(status, /^CapEff:\s+0+$/m);
  assert.match(status, /^CapBnd:\s+0+$/m);
  assert.match(status, /^NoNewPrivs:\s+1$/m);
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
  assert.match(mounts.find((line) => line.split(' ')[4] === '/') ?? '', / \/ ro,/, 'its root is read-only');
}

/** @param {Container} container */
function healthy(container) {
  const command = execForm(container.image.last.HEALTHCHECK);
  assert.ok(command, 'HEALTHCHECK has the exec form');
  const run = runInJailSync(container, command);
  assert.equal(run.status, 0, `HEALTHCHECK: ${run.stderr}`);
  const nobody = { ...container, env: { ...container.env, COUPON_MEDIA_PORT: '1' } };
  assert.equal(runInJailSync(nobody, command).status, 1, 'HEALTHCHECK where nothing listens');
}

/** One pixel. */
export const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** @typedef {{ id: string, publicKey: string, privateKeyPath: string, serial: string }} Keys */

/**
 * @param {Container} container
 * @param {Keys} keys
 * @returns {Promise<string>}
 */
async function upload(container, keys) {
  const client = await clientOf(container.image, container.origin, keys);
  const { imageUrl } = await client.uploadImage(PICTURE, { filename: 'one.png' });
  const answer = await fetch(`${container.origin}${new URL(imageUrl).pathname}`);
  assert.equal(
    Buffer.compare(Buffer.from(await answer.arrayBuffer()), PICTURE),
    0,
    'the picture comes back as it was',
  );
  await client.close();
  return imageUrl;
}

/**
 * The image's own client.
 * @param {Image} image
 * @param {string} baseUrl
 * @param {Keys} keys
 * @returns {Promise<{ uploadImage(picture: Buffer, options: { filename: string }): Promise<{ imageUrl: string }>, close(): Promise<void> }>}
 */
export async function clientOf({ folder }, baseUrl, { id, publicKey, privateKeyPath, serial }) {
  const { createClient } = await import(
    pathToFileURL(path.join(folder, 'app/packages/client/dist/index.js')).href
  );
  return createClient({
    baseUrl,
    mchid: MERCHANT,
    certificateSerialNo: serial,
    privateKeyPath,
    wechatPayPublicKeys: [{ id, publicKey }],
    retries: 0,
  });
}

/**
 * @param {string} what
 * @param {() => Promise<unknown>} holds
 */
export async function until(what, holds) {
  const end = Date.now() + PATIENCE * 1000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `not ${what} after ${PATIENCE} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
