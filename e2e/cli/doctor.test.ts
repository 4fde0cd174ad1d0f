import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { generateCertifiedPair } from '@coupon-media/sandbox';
import { openEmbeddedMerchants } from '@coupon-media/server';
import { expect, test } from 'vitest';
import type { FrontResponse } from '../support/faulty.js';
import { jsonLines, useWorlds, type World } from './world.js';

let world: World;
useWorlds((made) => {
  world = made;
});

const CHECKS = [
  'settings',
  'privateKey',
  'certificate',
  'serial',
  'publicKeyId',
  'publicKey',
  'client',
  'proxy',
  'expiry',
  'host',
  'clock',
  'signature',
  'permission',
  'response',
];

test('every check passes, and the probe stores nothing', async () => {
  const { code, stdout } = await doctor('--json');
  expect(code).toBe(0);
  expect(jsonLines(stdout).map(({ check, state }) => [check, state])).toEqual(
    CHECKS.map((check) => [check, 'ok']),
  );
  expect([...world.front.taken]).toEqual([]);
  expect(world.front.seen.map(({ status }) => status)).toEqual([400]);
});

const vector = (name: string): string => `${process.cwd()}/vectors/keys/${name}`;

/** The mistake, the check that reports it, a part of its message, and the exit code. */
const MISTAKES: [what: string, profile: () => object, check: string, says: string | RegExp, code: number][] =
  [
    ['no merchant', () => ({ mchid: undefined }), 'settings', 'neither mchid nor brandId', 3],
    ['no key', () => ({ privateKeyPath: undefined }), 'privateKey', 'missing', 3],
    ['a key that is not there', () => ({ privateKeyPath: 'nothing.pem' }), 'privateKey', 'no such file', 3],
    [
      'a certificate as key',
      () => ({ privateKeyPath: certificate() }),
      'privateKey',
      'this is an X.509 certificate',
      3,
    ],
    ['an elliptic key', () => ({ privateKeyPath: vector('elliptic.key.pem') }), 'privateKey', 'RSA', 3],
    [
      'a key as certificate',
      () => ({ certificatePath: privateKey() }),
      'certificate',
      'this is a private key',
      3,
    ],
    [
      'another pair’s certificate',
      () => ({ certificatePath: vector('merchant.cert.pem') }),
      'certificate',
      /pair|belong/,
      3,
    ],
    [
      "the platform's certificate",
      () => ({ certificatePath: platform() }),
      'certificate',
      "WeChat Pay's platform",
      3,
    ],
    [
      "another merchant's number",
      () => ({ mchid: '1900000099' }),
      'certificate',
      'is that of merchant 1900000001',
      3,
    ],
    ['another serial', () => ({ certificateSerialNo: 'A'.repeat(40) }), 'serial', 'is not the serial of', 3],
    [
      'a decimal serial',
      () => ({ certificateSerialNo: decimalSerial() }),
      'serial',
      /decimal; in hex it is [0-9A-F]{40}/,
      3,
    ],
    [
      "the public key's id as serial",
      () => ({ certificateSerialNo: publicKeyId() }),
      'serial',
      "is WeChat Pay's",
      3,
    ],
    [
      "the platform's serial",
      () => ({ certificateSerialNo: platformSerial() }),
      'serial',
      "is WeChat Pay's",
      3,
    ],
    [
      'a malformed id',
      () => ({ wechatPayPublicKeyId: '0119000000012025' }),
      'publicKeyId',
      'is not PUB_KEY_ID_',
      3,
    ],
    ['no id', () => ({ wechatPayPublicKeyId: undefined, ...NO_PLATFORM }), 'publicKeyId', 'missing', 3],
    [
      "the merchant's own public key",
      () => ({ wechatPayPublicKeyPath: world.at('own.pem') }),
      'publicKey',
      'own public key',
      3,
    ],
    [
      'no public key',
      () => ({ wechatPayPublicKeyPath: undefined, ...NO_PLATFORM }),
      'publicKey',
      'missing',
      3,
    ],
    [
      'a certificate as public key',
      () => ({ wechatPayPublicKeyPath: platform() }),
      'publicKey',
      'X.509 certificate',
      3,
    ],
    [
      'a host that does not respond',
      () => ({ baseUrl: 'http://127.0.0.1:9' }),
      'host',
      'does not respond',
      1,
    ],
    [
      'a brand in place of a merchant',
      () => ({ mchid: undefined, brandId: '1' }),
      'signature',
      'SIGN_ERROR',
      3,
    ],
    [
      'another public key under this id',
      () => ({ wechatPayPublicKeyPath: `${process.cwd()}/vectors/published-platform-test-key.pub.pem` }),
      'response',
      'cannot be verified with the key given',
      3,
    ],
  ];

const NO_PLATFORM = { platformCertificatePath: undefined, apiV3Key: undefined };

test.each(MISTAKES)('%s', async (_, change, check, says, code) => {
  await writeFile(world.at('own.pem'), ownPublicKey());
  await writeFile(
    world.profile,
    JSON.stringify({ ...world.sandbox.credentials, baseUrl: world.front.url, ...change() }),
  );
  const ended = await doctor('--json');
  const rows = jsonLines(ended.stdout);
  const row = rows.find((candidate) => candidate.check === check);
  expect(row).toMatchObject({
    state: 'wrong',
    text: expect.stringMatching(says),
    remedy: expect.stringMatching(/\w/),
  });
  expect(ended.code).toBe(code);
});

const DAY = 86_400_000;
const NEXT_DAYS = 900;

test.each<[days: number, nextFrom: number | undefined, state: string, text: RegExp]>([
  [31.1, undefined, 'ok', /^certificate: valid until 20\d\d-\d\d-\d\d, 31 more days$/],
  [29.5, undefined, 'warning', /, 29 more days$/],
  [6.5, undefined, 'warning', /, 6 more days$/],
  [0.5, undefined, 'warning', /, 0 more days$/],
  [-1, undefined, 'skipped', /./],
  [6.5, 3, 'ok', /, 8\d\d more days$/],
  [6.5, 8, 'warning', /, 6 more days$/],
])('a certificate with %d days left, and the next one used in %s', async (days, nextFrom, state, text) => {
  const pair = async (name: string, left: number) => {
    const [from, until] = [new Date(Date.now() - 365 * DAY), new Date(Date.now() + left * DAY)];
    const made = await generateCertifiedPair(`CN=${world.sandbox.credentials.mchid}`, from, until);
    await writeFile(world.at(`${name}_key.pem`), made.privateKeyPem, { mode: 0o600 });
    await writeFile(world.at(`${name}_cert.pem`), made.certificatePem);
    return { privateKeyPath: world.at(`${name}_key.pem`), certificatePath: world.at(`${name}_cert.pem`) };
  };
  const { certificateSerialNo: _, platformCertificatePath: __, ...rest } = world.sandbox.credentials;
  const nextCertificates =
    nextFrom === undefined
      ? []
      : [{ from: new Date(Date.now() + nextFrom * DAY).toISOString(), ...(await pair('next', NEXT_DAYS)) }];
  const content = { ...rest, ...(await pair('own', days)), nextCertificates };
  await writeFile(world.profile, JSON.stringify(content), { mode: 0o600 });
  const { stdout } = await doctor('--json');
  expect(jsonLines(stdout).find(({ check }) => check === 'expiry')).toMatchObject({
    state,
    text: expect.stringMatching(text),
  });
});

test("another merchant's key without a certificate: the service's refusal is explained", async () => {
  const { certificatePath: _, ...rest } = world.sandbox.credentials;
  const change = { privateKeyPath: vector('merchant.key.pem'), baseUrl: world.front.url };
  await writeFile(world.profile, JSON.stringify({ ...rest, ...change }));
  const { code, stdout } = await doctor();
  expect(code).toBe(3);
  expect(stdout).toMatch(/– certificate {3,}not given/);
  expect(stdout).toMatch(/✗ signature {3,}SIGN_ERROR/);
});

test('a clock that is wrong', async () => {
  // doctor takes the time that the front reports for the time of the host.
  const date = () => new Date(Date.now() - 200_000).toUTCString();
  world.front.decide = () => ({
    change: (response: FrontResponse) => ({ ...response, headers: { ...response.headers, date: date() } }),
  });
  const { code, stdout } = await doctor();
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringMatching(/✗ clock +(199|20[01]) s from/),
  });
});

test('HTML in place of the service', async () => {
  world.front.decide = () => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<h1>Bad Gateway</h1>',
  });
  const { code, stdout } = await doctor();
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringContaining('responded with 502, but not like this service'),
  });
});

test('what only the client checks, and a slash behind the address', async () => {
  const baseUrl = `${world.front.url}/`;
  await writeFile(world.profile, JSON.stringify({ ...world.sandbox.credentials, baseUrl }));
  expect((await doctor()).code).toBe(0);
  const apiV3Key = `${'k'.repeat(32)}\n`;
  await writeFile(world.profile, JSON.stringify({ ...world.sandbox.credentials, baseUrl, apiV3Key }));
  const { code, stdout } = await doctor('--json');
  expect(code).toBe(3);
  expect(jsonLines(stdout).find(({ check }) => check === 'client')).toMatchObject({
    state: 'wrong',
    text: expect.stringMatching(/has 33: remove the white space/),
  });
  expect(stdout).not.toContain('kkkk');
});

test('a proxy is shown with its variable, by doctor and by config show; a wrong one is named', async () => {
  const env = { HTTP_PROXY: 'http://user:s3cret@proxy.example:3128' };
  const elsewhere = { ...world.sandbox.credentials, baseUrl: 'http://pay.example' };
  await writeFile(world.profile, JSON.stringify(elsewhere));
  const shown = await world.cli(['config', 'show', '--profile', world.profile], { env });
  expect(shown.stdout).toMatch(/^proxy +proxy\.example:3128, from HTTP_PROXY$/m);
  const dead = { HTTP_PROXY: 'http://user:s3cret@127.0.0.1:9' };
  const examined = await world.cli(['doctor', '--profile', world.profile], { env: dead });
  expect(examined.stdout).toMatch(/✓ proxy +127\.0\.0\.1:9, from HTTP_PROXY/);
  const wrongly = await world.cli(['doctor', '--profile', world.profile, '--json'], {
    env: { HTTP_PROXY: 'socks4://user:s3cret@proxy:1' },
  });
  expect(wrongly.code).toBe(3);
  expect(jsonLines(wrongly.stdout).find(({ state }) => state === 'wrong')).toMatchObject({
    check: 'client',
    text: expect.stringMatching(/HTTP_PROXY must be .*SOCKS4 is not supported/),
  });
  expect(`${shown.stdout}${examined.stdout}${wrongly.stdout}`).not.toContain('s3cret');
});

test('no permission', async () => {
  await permit(false);
  await expect.poll(async () => (await doctor()).stdout, { timeout: 20_000 }).toMatch(/✗ permission/);
  expect((await doctor()).code).toBe(3);
  await permit(true);
});

test('in Chinese, each failed check has its remedy', async () => {
  await writeFile(
    world.profile,
    JSON.stringify({ ...world.sandbox.credentials, certificateSerialNo: decimalSerial() }),
  );
  const { stdout } = await doctor('--lang', 'zh-CN');
  expect(stdout).toMatch(
    /✗ 证书序列号 +写成了十进制，十六进制为 [0-9A-F]{40}\n {4}→ 请提供 apiclient_cert.pem 的序列号/,
  );
});

function doctor(...args: string[]) {
  return world.cli(['doctor', '--profile', world.profile, ...args]);
}

async function permit(productCoupon: boolean): Promise<void> {
  const records = await openEmbeddedMerchants({ folder: world.sandbox.folder });
  const merchant = await records.merchant(world.sandbox.credentials.mchid);
  if (merchant) await records.saveMerchant({ ...merchant, productCoupon });
  await records.close();
}

const certificate = () => world.sandbox.credentials.certificatePath;
const privateKey = () => world.sandbox.credentials.privateKeyPath;
const platform = () => world.sandbox.credentials.platformCertificatePath;
const platformSerial = () => world.sandbox.credentials.platformCertificateSerialNo;
const publicKeyId = () => world.sandbox.credentials.wechatPayPublicKeyId;
// A serial whose decimal form has as many digits as real ones have.
const decimalSerial = () => BigInt(`0xF${world.sandbox.credentials.certificateSerialNo.slice(1)}`).toString();

function ownPublicKey(): string {
  const pem = readFileSync(privateKey(), 'utf8');
  return String(createPublicKey(pem).export({ type: 'spki', format: 'pem' }));
}
