import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadPublicKey } from '@coupon-media/apiv3';
import { generateCertifiedPair } from '@coupon-media/sandbox';
import { openEmbeddedMerchants } from '@coupon-media/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLI, couponMedia, run } from './support/run.js';
import { type TestSandbox, temporaryFolder, testSandbox } from './support/sandbox.js';

let sandbox: TestSandbox;
let parent: string;
beforeAll(async () => {
  sandbox = await testSandbox();
  parent = await temporaryFolder();
});
afterAll(async () => {
  await sandbox.end();
  await rm(parent, { recursive: true, force: true });
});

describe('a folder that is not there', () => {
  test('is an error that names it, and nothing is made', async () => {
    const folder = path.join(parent, 'typo');
    const commands = [
      ['merchant', 'list'],
      ['merchant', 'disable', '1900000001'],
      ['merchant', 'handout', '1900000001'],
      ['platform-key', 'show'],
      ['platform-key', 'retire', 'PUB_KEY_ID_0'],
      ['store', 'list'],
    ];
    const ended = await Promise.all(commands.map((args) => couponMedia(...args, '--data', folder)));
    for (const { code, stdout, stderr } of ended) {
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toContain(`${folder} is not a data folder`);
      expect(stderr).toContain('--data');
    }
    expect(existsSync(folder)).toBe(false);
  });

  test('merchant add makes a store there, and says so', async () => {
    const folder = path.join(parent, 'new');
    const file = await certificateFile();
    const first = await couponMedia('merchant', 'add', '1900000101', '--certificate', file, '--data', folder);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain(`made a new store, since there was none: the folder ${folder}.`);
    const again = await couponMedia('merchant', 'add', '1900000102', '--certificate', file, '--data', folder);
    expect(again.stderr).toBe(`coupon-media: using the folder ${folder}\n`);
    // Nothing has been served there yet.
    expect(await couponMedia('merchant', 'handout', '1900000101', '--data', folder)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('the service has no public URL yet'),
    });
  });
});

test('a misspelt setting is reported with the nearest name, and no store is read', async () => {
  const args = ['packages/cli/bin/coupon-media.cjs', 'merchant', 'list'];
  const env = { ...process.env, COUPON_MEDIA_DATABSE_URL: 'postgres://u:p@h/d', LANG: 'en_US.UTF-8' };
  await expect(promisify(execFile)(process.execPath, args, { env })).rejects.toMatchObject({
    code: 3,
    stderr: expect.stringContaining('COUPON_MEDIA_DATABSE_URL (did you mean COUPON_MEDIA_DATABASE_URL?)'),
  });
});

describe('platform-key show', () => {
  test('prints the public half of the key that signs by default, or of a named one', async () => {
    const {
      wechatPayPublicKeyId: id,
      wechatPayPublicKeyPath,
      platformCertificateSerialNo,
    } = sandbox.credentials;
    const { stdout } = await inSandbox('platform-key', 'show');
    expect(stdout).toBe(`${id}\n${(await readFile(wechatPayPublicKeyPath, 'utf8')).trim()}\n`);
    expect(loadPublicKey(stdout)).toBeDefined();
    expect(await inSandbox('platform-key', 'show', id)).toMatchObject({ stdout });
    const certificate = await inSandbox('platform-key', 'show', platformCertificateSerialNo.toLowerCase());
    expect(certificate.stdout).toContain('-----BEGIN CERTIFICATE-----');
    expect(`${stdout}${certificate.stdout}`).not.toContain('PRIVATE');
    expect(await inSandbox('platform-key', 'show', 'PUB_KEY_ID_0')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('there is no platform key PUB_KEY_ID_0'),
    });
  });
});

describe('platform-key retire', () => {
  test.each([
    ['n', 1, 'stays in use'],
    ['y', 0, 'retired'],
  ])('on a terminal asks where the key signed within the hour: %s', async (answer, code, said) => {
    const folder = path.join(parent, `retire-${answer}`);
    await couponMedia('platform-key', 'add', '--data', folder);
    const { stdout } = await couponMedia('platform-key', 'add', '--data', folder);
    const [id = ''] = stdout.split('\n');
    const records = await openEmbeddedMerchants({ folder });
    await records.recordPlatformKeyUses(new Map([[id, Math.floor(Date.now() / 1000) - 600]]));
    await records.close();
    const command = `${process.execPath} ${CLI} platform-key retire ${id} --data ${folder}`;
    // A terminal that would not end is ended, and then the code is another one.
    const ended = await run('timeout', ['60', 'script', '-qec', command, '/dev/null'], `${answer}\n`);
    expect(ended).toMatchObject({ code, stdout: expect.stringContaining(said) });
    expect(ended.stdout).toContain('Retire it? [y/N]');
  });
});

describe('merchant handout', () => {
  test('prints a profile that doctor takes', async () => {
    const { baseUrl, mchid, privateKeyPath } = sandbox.credentials;
    const { code, stdout, stderr } = await inSandbox('merchant', 'handout', mchid);
    expect(code).toBe(0);
    expect(stderr).toContain(`baseUrl is ${baseUrl}, where images are served`);
    expect(stderr).toContain('coupon-media doctor --profile');
    expect(stdout).not.toMatch(/PRIVATE|apiV3Key"/);
    const folder = await merchantFolder(privateKeyPath);
    await writeFile(path.join(folder, 'shop.json'), stdout, { mode: 0o600 });
    const doctor = await couponMedia('doctor', '--profile', path.join(folder, 'shop.json'));
    expect(doctor).toMatchObject({ code: 0, stdout: expect.not.stringContaining('✗') });
  });

  test('has the platform certificate where that signs for the merchant, and the APIv3 key on request', async () => {
    const { mchid, platformCertificateSerialNo, privateKeyPath, apiV3Key } = sandbox.credentials;
    await inSandbox('merchant', 'set', mchid, '--platform-key', platformCertificateSerialNo);
    const asked = ['--base-url', sandbox.credentials.baseUrl, '--api-v3-key'];
    const { stdout } = await inSandbox('merchant', 'handout', mchid, ...asked);
    const profile = JSON.parse(stdout);
    expect(profile).toMatchObject({ mchid, apiV3Key });
    expect(profile).not.toHaveProperty('wechatPayPublicKeyId');
    expect(profile.platformCertificate).toContain('BEGIN CERTIFICATE');
    const folder = await merchantFolder(privateKeyPath);
    await writeFile(path.join(folder, 'shop.json'), stdout, { mode: 0o600 });
    expect(await couponMedia('doctor', '--profile', path.join(folder, 'shop.json'))).toMatchObject({
      code: 0,
    });
    await inSandbox('merchant', 'set', mchid, '--platform-key', 'default');
  });

  test('refuses a URL with a password, and does not show it', async () => {
    const url = 'https://user:Secr3t@host';
    const { code, stdout, stderr } = await inSandbox('merchant', 'handout', '1900000001', '--base-url', url);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--base-url: must be');
    expect(stderr).not.toContain('Secr3t');
  });
});

describe('merchant list', () => {
  test('shows until when each has a valid certificate, and --expiring those without one after a time', async () => {
    const folder = path.join(parent, 'expiring');
    const days = (count: number) => new Date(Date.now() - (5 * 365 - count) * 86_400_000);
    for (const [id, from] of [
      ['1900000201', days(10)],
      ['1900000202', days(100)],
    ] as const) {
      const file = await certificateFile(from);
      await couponMedia('merchant', 'add', id, '--certificate', file, '--data', folder);
    }
    const list = (...args: string[]) => couponMedia('merchant', 'list', ...args, '--data', folder);
    const soon = new Date(days(10).getTime() + 5 * 365 * 86_400_000).toISOString().slice(0, 10);
    expect((await list()).stdout).toContain(`1 valid certificate until ${soon}`);
    expect((await list()).stdout).toContain('1900000202');
    const expiring = await list('--expiring', '14d');
    expect(expiring).toMatchObject({ code: 0, stdout: expect.stringContaining('1900000201') });
    expect(expiring.stdout).not.toContain('1900000202');
    expect((await list('--expiring', '1w')).stdout).toContain(
      'no merchant is without a valid certificate until',
    );
    // Two certificates: the last one counts. It is given as at `add`.
    const next = await certificateFile();
    const added = await couponMedia(
      ...['merchant', 'add-certificate', '1900000201', '--certificate', next, '--data', folder],
    );
    expect(added.code).toBe(0);
    expect((await list('--expiring', '14d')).stdout).not.toContain('1900000201');
  });

  test('--expiring takes a number with a unit', async () => {
    for (const time of ['14', '14 d', '14m']) {
      const { code, stderr } = await inSandbox('merchant', 'list', `--expiring=${time}`);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('as 14d') });
    }
  });
});

function inSandbox(...args: string[]) {
  return couponMedia(...args, '--data', sandbox.folder);
}

/** A folder of the merchant's, with its private key. */
async function merchantFolder(privateKeyPath: string): Promise<string> {
  const folder = path.join(parent, `merchant-${Math.random()}`);
  await mkdir(folder);
  await writeFile(path.join(folder, 'apiclient_key.pem'), await readFile(privateKeyPath), { mode: 0o600 });
  return folder;
}

async function certificateFile(from = new Date()): Promise<string> {
  const { certificatePem } = await generateCertifiedPair('CN=a merchant', from);
  const file = path.join(parent, `cert-${from.getTime()}-${Math.random()}.pem`);
  await writeFile(file, certificatePem);
  return file;
}
