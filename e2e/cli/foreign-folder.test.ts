import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeImage } from '../support/images.js';
import { createWorld, type World } from './world.js';

let world: World;
let sandbox: string;
/** A folder with its own sandbox, without the store. */
beforeAll(async () => {
  world = await createWorld();
  await writeFile(world.at('1.png'), await makeImage('png', 1));
  sandbox = world.at('.coupon-media');
  await mkdir(sandbox, { mode: 0o700 });
  const { mchid, certificateSerialNo, baseUrl, apiV3Key, ...rest } = world.sandbox.credentials;
  const { privateKeyPath, wechatPayPublicKeyPath, wechatPayPublicKeyId } = rest;
  await cp(privateKeyPath, path.join(sandbox, 'key.pem'));
  await cp(wechatPayPublicKeyPath, path.join(sandbox, 'pub.pem'));
  const keys = {
    privateKeyPath: 'key.pem',
    wechatPayPublicKeyPath: 'pub.pem',
    wechatPayPublicKeyId,
    apiV3Key,
  };
  await write({ mchid, certificateSerialNo, baseUrl, ...keys });
});
afterAll(() => world.end());

async function write(change: object): Promise<void> {
  const file = path.join(sandbox, 'credentials.json');
  const before = await readFile(file, 'utf8').catch(() => '{}');
  await writeFile(file, JSON.stringify({ ...JSON.parse(before), ...change }), { mode: 0o600 });
}

test('the sandbox of a folder is used if nothing is configured, and the command says so', async () => {
  const { code, stderr } = await world.cli(['upload', '1.png']);
  const said = expect.stringContaining('using the sandbox of .coupon-media');
  expect({ code, stderr }).toEqual({ code: 0, stderr: said });
  const configured = await world.cli(['upload', '1.png', '--mchid', '1']);
  expect(configured).toMatchObject({ code: 3, stderr: expect.stringContaining('privateKeyPath is missing') });
});

test('a sandbox with another host or key is not used, and every command says how to use it nevertheless', async () => {
  const named = ['--profile', '.coupon-media/credentials.json'];
  await write({ privateKeyPath: world.sandbox.credentials.privateKeyPath });
  for (const command of [['upload', '1.png'], ['doctor'], ['sign', 'POST', '/'], ['config', 'show']]) {
    expect(await world.cli(command)).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/its privateKeyPath leads out of its folder.*--profile \.coupon-media/),
    });
  }
  expect(await world.cli(['upload', '1.png', ...named])).toMatchObject({ code: 0 });
  await write({ privateKeyPath: 'key.pem', baseUrl: 'https://collector.example' });
  expect(await world.cli(['upload', '1.png'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('leads to https://collector.example, not to this machine'),
  });
  await write({ baseUrl: world.sandbox.credentials.baseUrl });
});

test('a value that is not a path is neither opened nor repeated', async () => {
  for (const text of ['x'.repeat(5000), 'no/such/folder/x.pem', 'credentials.json/x.pem']) {
    const env = { COUPON_MEDIA_PRIVATE_KEY: text };
    const { code, stdout, stderr } = await world.cli(
      ['doctor', '--profile', '.coupon-media/credentials.json'],
      { env },
    );
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout).not.toContain('x'.repeat(300));
  }
});

test('upload and doctor warn of files that others can read or change', async () => {
  const [profile, key, pub] = ['credentials.json', 'key.pem', 'pub.pem'].map((name) =>
    path.join(sandbox, name),
  );
  const modes: [file: string | undefined, mode: number, says: string][] = [
    [sandbox, 0o777, `put other files in place of those in ${sandbox}`],
    [profile, 0o666, `others can change ${profile}, and so where images are sent`],
    [key, 0o644, `others can read the private key ${key}`],
    [pub, 0o666, `others can change the key ${pub}`],
  ];
  for (const [file = '', mode] of modes) await chmod(file, mode);
  const args = ['--profile', profile ?? ''];
  const upload = await world.cli(['upload', '1.png', '--dry-run', ...args]);
  const doctor = await world.cli(['doctor', '--json', ...args]);
  for (const [, , says] of modes) {
    expect(upload.stderr).toContain(says);
    expect(doctor.stderr).toContain(says);
    expect(doctor.stdout).not.toContain(says);
  }
  expect((await world.cli(['upload', '1.png', '--dry-run', '--quiet', ...args])).stderr).toBe('');
  for (const [file = ''] of modes) await chmod(file, file === sandbox ? 0o700 : 0o600);
  await chmod(profile ?? '', 0o644);
  expect((await world.cli(['upload', '1.png', '--dry-run', ...args])).stderr).toContain(
    `others can read ${profile}, which holds a key`,
  );
});
