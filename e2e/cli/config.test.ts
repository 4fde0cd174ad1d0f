import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wholePng } from '../support/exchange.js';
import { createWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await writeFile(world.at('1.png'), wholePng(1));
});
afterAll(() => world.end());

describe('settings come from', () => {
  test('the profile, which the environment overrides, which flags override', async () => {
    const env = { COUPON_MEDIA_MCHID: '2', COUPON_MEDIA_CERTIFICATE_SERIAL_NO: 'ABCDEF12' };
    const args = ['config', 'show', '--json', '--profile', world.profile, '--mchid', '3'];
    const { settings } = JSON.parse((await world.cli(args, { env })).stdout);
    const of = (name: string) => settings.find(({ setting }: { setting: string }) => setting === name);
    expect(of('mchid')).toEqual({ setting: 'mchid', value: '3', from: '--mchid' });
    expect(of('certificateSerialNo')).toMatchObject({
      value: 'ABCDEF12',
      from: 'COUPON_MEDIA_CERTIFICATE_SERIAL_NO',
    });
    expect(of('hosts')).toMatchObject({ value: world.front.url, from: world.profile });
  });

  test('the environment alone, with keys as text', async () => {
    const { credentials } = world.sandbox;
    const env = {
      COUPON_MEDIA_BASE_URL: world.front.url,
      COUPON_MEDIA_MCHID: credentials.mchid,
      COUPON_MEDIA_PRIVATE_KEY: await readFile(credentials.privateKeyPath, 'utf8'),
      COUPON_MEDIA_CERTIFICATE: credentials.certificatePath,
      COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID: credentials.wechatPayPublicKeyId,
      // The form that a key has where line feeds are lost.
      COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY: (
        await readFile(credentials.wechatPayPublicKeyPath, 'utf8')
      ).replaceAll('\n', '\\n'),
    };
    expect(await world.cli(['upload', '1.png'], { env })).toMatchObject({ code: 0 });
    const { stdout } = await world.cli(['config', 'show'], { env });
    expect(stdout).toContain('(set, hidden)');
    expect(stdout).not.toContain('PRIVATE KEY');
  });

  test('a profile by its name', async () => {
    await mkdir(world.at('.config/coupon-media'), { recursive: true });
    await writeFile(world.at('.config/coupon-media/shop.json'), await readFile(world.profile));
    expect(await world.cli(['upload', '1.png', '--profile', 'shop'])).toMatchObject({ code: 0 });
    const missing = await world.cli(['upload', '1.png', '--profile', 'store']);
    expect(missing).toMatchObject({ code: 3, stderr: expect.stringContaining('config init --profile') });
  });
});

test.each([
  ['{', 'is not a JSON object'],
  ['[]', 'is not a JSON object'],
  ['{"mchid": 1900000001}', 'mchid in bad.json must be text'],
  ['{}', 'mchid is missing: give it in the profile, as COUPON_MEDIA_MCHID or as --mchid'],
])('a profile %s is reported in one line', async (text, says) => {
  await writeFile(world.at('bad.json'), text);
  const { code, stderr } = await world.cli(['upload', '1.png', '--profile', 'bad.json']);
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(says) });
  expect(stderr.trim().split('\n').length).toBe(1);
});

describe('a name that has no effect is reported with the one that was meant:', () => {
  test('a variable, by the commands that would read it', async () => {
    const env = { COUPON_MEDIA_MCH_ID: '1', COUPON_MEDIA_PRIVATEKEY: 'key.pem', COUPON_MEDIA_BASE_URL: '' };
    const { stderr } = await world.cli(['config', 'show', '--profile', world.profile], { env });
    expect(stderr.trim().split('\n')).toEqual([
      'COUPON_MEDIA_MCH_ID is not known and has no effect; did you mean COUPON_MEDIA_MCHID?',
      'COUPON_MEDIA_PRIVATEKEY is not known and has no effect; did you mean COUPON_MEDIA_PRIVATE_KEY?',
    ]);
    const upload = await world.cli(['upload', '1.png', '--profile', world.profile, '--lang', 'zh-CN'], {
      env,
    });
    expect(upload.stderr).toContain('是否应为 COUPON_MEDIA_MCHID？');
  });

  test('but no variable of the service', async () => {
    const { stdout } = await world.cli(['serve', '--help']);
    const names = [...new Set(stdout.match(/COUPON_MEDIA_[A-Z0-9_]+/g))];
    expect(names.length).toBeGreaterThan(20);
    const env = Object.fromEntries(names.map((name) => [name, 'x']));
    const { stderr } = await world.cli(['config', 'show', '--profile', world.profile], { env });
    expect(stderr).toBe('');
  });

  test('a key of the profile', async () => {
    await writeFile(world.at('typo.json'), JSON.stringify({ mchId: '1', baseUrl: world.front.url }));
    const { stderr } = await world.cli(['upload', '1.png', '--dry-run', '--profile', 'typo.json']);
    expect(stderr).toContain('unknown key mchId, which has no effect; did you mean mchid?');
  });
});

test('config init asks, repeats a question after an impossible answer, writes a file that only its owner can read, and tests it', async () => {
  const { mchid, privateKeyPath, certificatePath, wechatPayPublicKeyId, wechatPayPublicKeyPath } =
    world.sandbox.credentials;
  const answers = [
    'my shop',
    mchid,
    certificatePath,
    privateKeyPath,
    certificatePath,
    wechatPayPublicKeyId,
    wechatPayPublicKeyPath,
    world.front.url,
  ];
  const args = ['config', 'init', '--profile', 'new.json'];
  const { code, stdout, stderr } = await world.cli(args, { input: `${answers.join('\n')}\n` });
  expect(stderr).toContain('this is an X.509 certificate');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('All right') });
  expect(JSON.parse(await readFile(world.at('new.json'), 'utf8'))).toEqual({
    mchid,
    privateKeyPath,
    certificatePath,
    wechatPayPublicKeyId,
    wechatPayPublicKeyPath,
    baseUrl: world.front.url,
  });
  expect((await stat(world.at('new.json'))).mode & 0o777).toBe(0o600);
  expect(await world.cli(args)).toMatchObject({ code: 3, stderr: expect.stringContaining('--force') });
  expect(await world.cli([...args, '--force'], { input: `${mchid}\n` })).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('nothing was written'),
  });
});

test('every command describes itself in both languages', async () => {
  const english = (await world.cli(['--help'])).stdout;
  const chinese = (await world.cli(['--help', '--lang', 'zh-CN'])).stdout;
  expect(english).toContain('say which mistake made a request fail');
  expect(chinese).toContain('找出请求为什么返回 SIGN_ERROR');
});
