import { chmod, chown, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readLayer } from '../dist/profile/profile-file.js';
import { checkSandboxProfile } from '../dist/profile/sandbox-profile.js';

let above: string;
let folder: string;
let file: string;
beforeEach(async () => {
  above = await mkdtemp(path.join(tmpdir(), 'foreign-'));
  folder = path.join(above, '.coupon-media');
  file = path.join(folder, 'credentials.json');
  await mkdir(path.join(folder, 'merchant'), { recursive: true, mode: 0o700 });
  await writeFile(path.join(above, 'key.pem'), '');
  await writeFile(path.join(folder, 'merchant', 'key.pem'), '');
  return () => rm(above, { recursive: true });
});

/** Checks the sandbox of a folder with this profile. */
async function check(profile: object): Promise<void> {
  await writeFile(file, JSON.stringify({ ...SANDBOX, ...profile }), { mode: 0o600 });
  checkSandboxProfile(file, readLayer(file).values);
}

const SANDBOX = { baseUrl: 'http://127.0.0.1:8787', mchid: '1900000001', privateKeyPath: 'merchant/key.pem' };

describe('the sandbox of a folder is used without being named', () => {
  test('where it leads to this machine, and to keys in its folder', async () => {
    await check({});
    await check({ baseUrl: 'http://localhost:8787,http://[::1]:8787' });
    await check({ privateKeyPath: path.join(folder, 'merchant', 'key.pem') });
    await check({ privateKeyPath: 'merchant/../not-there.pem' });
  });

  test.each([
    ['https://collector.example', 'https://collector.example'],
    ['http://127.0.0.1.collector.example', 'http://127.0.0.1.collector.example'],
    ['http://127.0.0.1:8787, https://collector.example', 'https://collector.example'],
    [undefined, '?'],
  ])('not where it leads to %s', async (baseUrl, host) => {
    const refused = { key: 'config.sandboxElsewhere', values: { file, host } };
    await expect(check({ baseUrl })).rejects.toMatchObject(refused);
  });

  test.each(['file:///etc', '127.0.0.1'])('not if its address is %s', async (baseUrl) => {
    await expect(check({ baseUrl })).rejects.toMatchObject({ key: 'config.notAnOrigin' });
  });

  test.each([
    ['up', '../key.pem'],
    ['up from below', 'merchant/../../key.pem'],
    ['to the root', '/etc/ssl/key.pem'],
    ['by a link', 'merchant/link.pem'],
    ['by a link to a folder', 'link/key.pem'],
    ['by a link to a folder, to what is not there', 'link/not-there.pem'],
  ])('not where a key of it leads %s', async (_, privateKeyPath) => {
    await symlink(path.join(above, 'key.pem'), path.join(folder, 'merchant', 'link.pem'));
    await symlink(above, path.join(folder, 'link'));
    await expect(check({ privateKeyPath })).rejects.toMatchObject({
      key: 'config.sandboxOutside',
      values: { key: 'privateKeyPath' },
    });
  });

  test('not where anybody can write to it, or it is a link', async () => {
    const refused = { key: 'config.sandboxAnothers', values: { file } };
    await check({});
    await chmod(file, 0o666);
    await expect(check({})).rejects.toMatchObject(refused);
    await chmod(file, 0o600);
    await chmod(folder, 0o777);
    await expect(check({})).rejects.toMatchObject(refused);
    await chmod(folder, 0o700);
    await rename(folder, `${folder}.moved`);
    await symlink(`${folder}.moved`, folder);
    await expect(check({})).rejects.toMatchObject(refused);
  });

  test('not where it is another user’s', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give a folder away');
    await check({});
    await chown(folder, 1, 1);
    await expect(check({})).rejects.toMatchObject({ key: 'config.sandboxAnothers' });
  });
});
