/** What is tried on each runtime, as a table: the rooms of the product, and of each command its main path. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { firstLine } from './world.mjs';

/** @typedef {import('./world.mjs').World} World */

/**
 * @typedef {object} Task
 * @property {string} room
 * @property {string} title
 * @property {(world: World) => Promise<void>} run fails with the words of the program
 */

/** @type {readonly Task[]} */
export const TASKS = [
  ...client({
    path: 'an image by its path',
    bytes: 'Buffer, Uint8Array, Blob',
    streams: 'streams of Node and of the web',
    parallel: '40 uploads at once',
    require: 'loaded by `require`',
    json: '`client.request`',
    certificates: 'platform certificates, downloaded',
    refusal: 'a refusal, as `ApiError`',
    absent: 'no service there, as `NetworkError`',
    aborted: 'an `AbortSignal`',
    prepare: '`prepareImage`',
  }),
  ...command({
    'upload FILE': async ({ cli, at, profile }) => {
      writeImages(at);
      const { stdout } = ok(
        await cli(['upload', at('头图.png'), '--profile', profile, '--ledger', at('ledger')]),
      );
      assert.match(stdout, /头图\.png\thttp:\S+\.png\n$/);
    },
    'upload FOLDER --manifest, twice': async ({ cli, at, profile }) => {
      writeImages(at);
      mkdirSync(at('images'), { recursive: true });
      for (const name of ['1.png', '2.png']) writeFileSync(at('images', name), numbered(name.charCodeAt(0)));
      const args = [
        'upload',
        at('images'),
        '--profile',
        profile,
        '--ledger',
        at('ledger'),
        '--manifest',
        at('urls.csv'),
      ];
      ok(await cli(args));
      assert.match(ok(await cli([...args, '--json'])).stdout, /"known"/);
    },
    'upload --prepare': async ({ cli, at, profile }) => {
      writeImages(at);
      ok(
        await cli([
          'upload',
          at('头图.png'),
          '--prepare',
          '--enlarge',
          '--slot',
          'icon',
          '--no-ledger',
          '--profile',
          profile,
        ]),
      );
    },
    'upload -': async ({ cli, at, profile }) => {
      writeImages(at);
      const list = `${at('头图.png')}\n`;
      ok(await cli(['upload', '--files-from', '-', '--no-ledger', '--profile', profile], list));
    },
    doctor: async ({ cli, profile }) => {
      ok(await cli(['doctor', '--profile', profile]));
    },
    'config init': async ({ cli, at, profile, baseUrl }) => {
      const folder = profile.replace(/[^/]+$/, '');
      const { mchid, certificatePath, privateKeyPath, wechatPayPublicKeyId, wechatPayPublicKeyPath } =
        JSON.parse(readFileSync(profile, 'utf8'));
      const paths = [privateKeyPath, certificatePath, '', wechatPayPublicKeyPath].map(
        (name) => folder + name,
      );
      const answers = [mchid, paths[0], paths[1], wechatPayPublicKeyId, paths[3], baseUrl];
      ok(await cli(['config', 'init', '--profile', at('new.json')], `${answers.join('\n')}\n`));
    },
    'config show': async ({ cli, profile }) => {
      ok(await cli(['config', 'show', '--profile', profile]));
    },
    'sign, explain': async ({ cli, at, profile }) => {
      writeFileSync(at('meta.json'), '{"filename":"头图.png"}');
      const url = '/v3/marketing/partner/product-coupon/media/upload-image';
      const args = ['sign', 'POST', url, '--body', at('meta.json'), '--profile', profile];
      const { stdout } = ok(await cli([...args, '--json']));
      const { authorization } = JSON.parse(stdout);
      const given = [
        '--method',
        'POST',
        '--url',
        url,
        '--authorization',
        authorization,
        '--meta',
        at('meta.json'),
      ];
      ok(await cli(['explain', ...given, '--profile', profile]));
    },
    verify: async ({ cli, at, profile, baseUrl }) => {
      writeImages(at);
      ok(await cli(['upload', at('头图.png'), '--profile', profile, '--no-ledger']));
      writeFileSync(at('answer.txt'), await lastResponse(baseUrl));
      ok(await cli(['verify', at('answer.txt'), '--profile', profile]));
    },
    'completion bash': async ({ cli }) => {
      assert.match(ok(await cli(['completion', 'bash'])).stdout, /complete /);
    },
  }),
  ...service({
    'sandbox --demo': async ({ cli }) => {
      assert.match(ok(await cli(['sandbox', '--demo'])).stdout, /all three uploads succeeded/);
    },
    '`startSandbox` in a program': async ({ program, profile }) => {
      ok(await program('app.mjs', 'sandbox', profile));
    },
    'sandbox requests': async ({ cli, baseUrl }) => {
      ok(await cli(['sandbox', 'requests', '--url', baseUrl, '--json']));
    },
    'platform-key, merchant, serve, upload, store': async ({ cli, start, at, isOther }) => {
      writeImages(at);
      const data = ['--data', at('service')];
      const [id = '', ...publicKey] = ok(await cli(['platform-key', 'add', ...data])).stdout.split('\n');
      const subject = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=1900000109', '-days', '30'];
      const files = ['-keyout', at('key.pem'), '-out', at('cert.pem')];
      execFileSync('openssl', ['req', '-x509', ...subject, ...files], { stdio: 'ignore' });
      ok(await cli(['merchant', 'add', '1900000109', '--certificate', at('cert.pem'), ...data]));
      ok(await cli(['merchant', 'list', ...data]));
      const { url, said, stop } = await start(['serve', '--port', '0', ...data]);
      assert.equal(
        /this is (Bun|Deno)/.test(said),
        isOther,
        'says that it is tested on Node, where it is not',
      );
      try {
        const profile = {
          ...{ baseUrl: url, mchid: '1900000109', privateKeyPath: 'key.pem', certificatePath: 'cert.pem' },
          ...{ wechatPayPublicKeyId: id, wechatPayPublicKey: publicKey.join('\n') },
        };
        writeFileSync(at('own.json'), JSON.stringify(profile));
        ok(await cli(['upload', at('头图.png'), '--profile', at('own.json'), '--no-ledger']));
        assert.match(ok(await cli(['store', 'list', ...data])).stdout, /头图\.png/);
        ok(await cli(['store', 'backup', at('backup'), ...data]));
      } finally {
        assert.equal(await stop(), 0, 'ends by SIGTERM with 0');
      }
      ok(await cli(['store', 'check', '--deep', ...data]));
    },
  }),
];

/** @param {Record<string, string>} titles by the names of app.mjs */
function client(titles) {
  return Object.entries(titles).map(([name, title]) => ({
    room: 'client',
    title,
    /** @param {World} world */
    run: async ({ program, profile }) => {
      ok(await program('app.mjs', name, profile));
    },
  }));
}

/** @param {Record<string, Task['run']>} tasks */
function command(tasks) {
  return Object.entries(tasks).map(([title, run]) => ({ room: 'command', title: `\`${title}\``, run }));
}

/** @param {Record<string, Task['run']>} tasks */
function service(tasks) {
  return Object.entries(tasks).map(([title, run]) => ({
    room: 'sandbox and service',
    title: title.replace(/^(?!`).*/, '`$&`'),
    run,
  }));
}

/**
 * @param {import('./world.mjs').Ended} ended
 * @throws {Error} with the last words of a program that failed
 */
function ok(ended) {
  if (ended.code === 0) return ended;
  const [last = ''] = ended.stderr
    .trim()
    .split('\n')
    .filter((line) => /error|coupon-media:|Error/.test(line));
  throw new Error(last.trim() || firstLine(ended.stderr || ended.stdout) || `ended with ${ended.code}`);
}

/** @param {World['at']} at */
function writeImages(at) {
  copyFileSync(new URL('../../packages/sandbox/images/coupon.png', import.meta.url), at('头图.png'));
}

/**
 * Another image: what stands behind the end of a PNG is no part of it.
 * @param {number} number
 */
function numbered(number) {
  const image = readFileSync(new URL('../../packages/sandbox/images/coupon.png', import.meta.url));
  return Buffer.concat([image, Buffer.from([number])]);
}

/**
 * @param {string} baseUrl of a sandbox
 * @returns {Promise<string>} its last response as HTTP
 */
async function lastResponse(baseUrl) {
  const { requests } = await get(`${baseUrl}/sandbox/requests`);
  const { response } = await get(`${baseUrl}/sandbox/requests/${requests.at(-1)?.number}?whole=1`);
  const headers = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${response.status} OK`, ...headers, '', response.body].join('\r\n');
}

/**
 * @typedef {object} Journal
 * @property {{ number: number }[]} requests
 * @property {{ status: number, headers: Record<string, string>, body: string }} response
 */

/**
 * @param {string} url
 * @returns {Promise<Journal>}
 */
async function get(url) {
  return /** @type {Promise<Journal>} */ ((await fetch(url)).json());
}
