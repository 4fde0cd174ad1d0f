/**
 * Uses what is installed in the folder that it lies in, as a newcomer would, by public names alone. The release copies it beside the
 * node_modules that the tarballs were installed into. Prints a line for each thing that held, and ends with 1 at the first that did not.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import * as imported from '@coupon-media/client';
import { generateCertifiedPair, startSandbox } from '@coupon-media/sandbox';

/** @type {typeof imported} */
const required = createRequire(import.meta.url)('@coupon-media/client');
const MERCHANT = '1900000109';
const PICTURE = 'coupon.png';

/** One pixel. */
const BYTES = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
await writeFile(PICTURE, BYTES);
await useSandbox();
await useService();

async function useSandbox() {
  const sandbox = await startSandbox({ folder: 'sandbox', port: 0 });
  held('sandbox', sandbox.credentials.baseUrl);
  try {
    for (const [way, { createClient }] of Object.entries({ import: imported, require: required })) {
      const client = createClient(optionsOf(sandbox.credentials));
      held(`SDK by ${way}`, await uploaded(client, sandbox.credentials.baseUrl));
      await client.close();
    }
    const wrong = required.createClient({ ...optionsOf(sandbox.credentials), mchid: '1900009999' });
    const error = await wrong.uploadImage(PICTURE).catch((/** @type {unknown} */ cause) => cause);
    assert.ok(error instanceof imported.ApiError, `an error of the other build is known: ${error}`);
    held("an error of require()'s SDK", `instanceof import's ApiError, ${error.code}`);
    await wrong.close();
    const told = await couponMedia('upload', PICTURE, '--profile', sandbox.credentialsPath, '--no-ledger');
    held('CLI: upload', told.trim().split('\n').at(-1) ?? '');
  } finally {
    await sandbox.stop();
  }
}

async function useService() {
  const data = ['--data', 'service'];
  const { privateKeyPem, certificatePem } = await generateCertifiedPair(`CN=${MERCHANT}`, new Date());
  await writeFile('apiclient_key.pem', privateKeyPem, { mode: 0o600 });
  await writeFile('apiclient_cert.pem', certificatePem);
  const [id = '', ...publicKey] = (await couponMedia('platform-key', 'add', ...data)).split('\n');
  await couponMedia('merchant', 'add', MERCHANT, '--certificate', 'apiclient_cert.pem', ...data);
  held('CLI: platform-key add, merchant add', id);

  const service = spawn(
    'npx',
    ['--no-install', 'coupon-media', 'serve', '--port', '0', '--lang', 'en', ...data],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true, // so that npx and what it starts are ended together
    },
  );
  try {
    const baseUrl = await urlOf(service);
    const client = imported.createClient({
      baseUrl,
      mchid: MERCHANT,
      certificate: certificatePem,
      privateKeyPath: 'apiclient_key.pem',
      wechatPayPublicKeys: [{ id, publicKey: publicKey.join('\n') }],
    });
    held('service: serve', await uploaded(client, baseUrl));
    await client.close();
  } finally {
    const ended = once(service, 'exit');
    process.kill(-(service.pid ?? 0), 'SIGTERM');
    await ended;
  }
}

/**
 * @param {import('@coupon-media/client').Client} client
 * @param {string} baseUrl
 * @returns {Promise<string>} the image's URL, where the picture came back from
 */
async function uploaded(client, baseUrl) {
  const { imageUrl, sha256 } = await client.uploadImage(PICTURE);
  const response = await fetch(new URL(new URL(imageUrl).pathname, baseUrl));
  assert.equal(response.status, 200);
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256);
  assert.deepEqual(bytes, await readFile(PICTURE));
  return imageUrl;
}

/** @param {import('@coupon-media/sandbox').Credentials} credentials */
function optionsOf(credentials) {
  return {
    baseUrl: credentials.baseUrl,
    mchid: credentials.mchid,
    certificateSerialNo: credentials.certificateSerialNo,
    privateKeyPath: credentials.privateKeyPath,
    wechatPayPublicKeys: [
      { id: credentials.wechatPayPublicKeyId, publicKeyPath: credentials.wechatPayPublicKeyPath },
    ],
  };
}

/** @param {string[]} args */
async function couponMedia(...args) {
  const { stdout } = await promisify(execFile)('npx', ['--no-install', 'coupon-media', ...args]);
  return stdout;
}

/**
 * @param {import('node:child_process').ChildProcess} service
 * @returns {Promise<string>} where it says that it listens
 */
function urlOf(service) {
  return new Promise((resolve, reject) => {
    let text = '';
    service.stderr?.on('data', (chunk) => {
      text += chunk;
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
      if (url) resolve(url);
    });
    service.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${text}`)));
  });
}

/**
 * @param {string} what
 * @param {string} how
 */
function held(what, how) {
  process.stdout.write(`  ✓ ${what}: ${how}\n`);
}
