import { chmod, chown, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makePicture } from '../support/pictures.js';
import { createWorld, type World } from './world.js';

let world: World;
let sandbox: string;
beforeAll(async () => {
  world = await createWorld();
  await writeFile(world.at('1.png'), await makePicture('png', 1));
});
afterAll(() => world.end());

/** A folder as a sandbox leaves it, but for its store. */
beforeEach(async () => {
  sandbox = world.at('.coupon-media');
  await rm(sandbox, { recursive: true, force: true });
  await mkdir(sandbox, { mode: 0o700 });
  const { privateKeyPath, wechatPayPublicKeyPath, ...rest } = world.sandbox.credentials;
  const { certificatePath: _, platformCertificatePath: __, ...credentials } = rest;
  await cp(privateKeyPath, path.join(sandbox, 'key.pem'));
  await cp(wechatPayPublicKeyPath, path.join(sandbox, 'pub.pem'));
  await write({ ...credentials, privateKeyPath: 'key.pem', wechatPayPublicKeyPath: 'pub.pem' });
});

async function write(change: object): Promise<void> {
  const file = path.join(sandbox, 'credentials.json');
  const before = await readFile(file, 'utf8').catch(() => '{}');
  await writeFile(file, JSON.stringify({ ...JSON.parse(before), ...change }), { mode: 0o600 });
}

describe('the sandbox of a folder', () => {
  test('is used where nothing is configured, and it is said', async () => {
    const { code, stderr } = await world.cli(['upload', '1.png']);
    const said = expect.stringContaining('using the sandbox of .coupon-media');
    expect({ code, stderr }).toEqual({ code: 0, stderr: said });
    const configured = await world.cli(['upload', '1.png', '--mchid', '1']);
    const missing = expect.stringContaining('privateKeyPath is missing');
    expect(configured).toMatchObject({ code: 3, stderr: missing });
  });

  test.each([
    ['another host', { baseUrl: 'https://collector.example' }],
    ['a host that begins like this machine', { baseUrl: 'http://127.0.0.1.collector.example' }],
    ['a host behind a user', { baseUrl: 'http://127.0.0.1@collector.example' }],
    ['a backup that is another host', { baseUrl: 'http://127.0.0.1:8787,https://collector.example' }],
    ['no host, which would be the real one', { baseUrl: undefined }],
  ])('with %s is not', async (_, change) => {
    await write(change);
    expect(await world.cli(['upload', '1.png'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/leads to \S+, not to this machine\. .*--profile \.coupon-media/),
    });
  });

  test.each([
    ['a key from elsewhere', () => world.sandbox.credentials.privateKeyPath],
    ['a key from above', () => '../profile/shop.json'],
    ['a key by a link', () => 'link.pem'],
  ])('with %s is not', async (_, keyPath) => {
    await symlink(world.sandbox.credentials.privateKeyPath, path.join(sandbox, 'link.pem'));
    await write({ privateKeyPath: keyPath() });
    for (const command of [['upload', '1.png'], ['doctor'], ['sign', 'POST', '/']]) {
      expect(await world.cli(command)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('its privateKeyPath leads out of its folder'),
      });
    }
  });

  test('that is a link, or that others can write to, is not', async () => {
    const told = { code: 3, stderr: expect.stringContaining('it is a link or others can write to it') };
    await chmod(sandbox, 0o777);
    expect(await world.cli(['upload', '1.png'])).toMatchObject(told);
    await chmod(sandbox, 0o700);
    await rename(sandbox, world.at('moved'));
    await symlink('moved', sandbox);
    expect(await world.cli(['upload', '1.png'])).toMatchObject(told);
    await rm(sandbox);
    await rename(world.at('moved'), sandbox);
  });

  test('of another user is not', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give a folder away');
    await chown(sandbox, 1, 1);
    expect(await world.cli(['upload', '1.png'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--profile .coupon-media/credentials.json'),
    });
  });

  test('is used as it is where it is named', async () => {
    await write({ privateKeyPath: world.sandbox.credentials.privateKeyPath });
    const args = ['upload', '1.png', '--dry-run', '--profile', '.coupon-media/credentials.json'];
    expect(await world.cli(args)).toMatchObject({ code: 0 });
  });
});

describe('what others can read or change', () => {
  test.each([
    ['a profile that others can change', 'credentials.json', 0o666, 'others can change'],
    ['a profile with a secret that others can read', 'credentials.json', 0o644, 'and a key stands in it'],
    ['a private key that others can read', 'key.pem', 0o644, 'others can read the private key'],
    ['a public key that others can change', 'pub.pem', 0o666, 'a key that is relied on'],
    ['its folder', '.', 0o777, 'put other files in place'],
  ])('%s: upload and doctor say so', async (_, name, mode, says) => {
    await chmod(path.join(sandbox, name), mode);
    const args = ['--profile', '.coupon-media/credentials.json'];
    expect((await world.cli(['upload', '1.png', '--dry-run', ...args])).stderr).toContain(says);
    const { stdout, stderr } = await world.cli(['doctor', '--json', ...args]);
    expect(stderr).toContain(says);
    expect(stdout).not.toContain(says);
    expect((await world.cli(['upload', '1.png', '--dry-run', '--quiet', ...args])).stderr).toBe('');
  });
});
