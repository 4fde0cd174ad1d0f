import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wholePng } from '../support/exchange.js';
import type { Ended } from '../support/run.js';
import { createWorld, type Started, type World } from './world.js';

/** Keys of a terminal: end of input, and interrupt. */
const CTRL_D = '\x04';
const CTRL_C = '\x03';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await writeFile(world.at('1.png'), wholePng(1));
});
afterAll(() => world.end());

/** Types into a terminal, whose input stays open as long as the command runs. */
function typed(args: string[], input: string): Promise<Ended> {
  return world.cli(args, { terminal: true, keepsInput: true, input });
}

describe('on a terminal, whose input never ends by itself, a command ends after', () => {
  test('the last question of config init', async () => {
    const { mchid, privateKeyPath, certificatePath, wechatPayPublicKeyId, wechatPayPublicKeyPath } =
      world.sandbox.credentials;
    const answers = [mchid, privateKeyPath, certificatePath, wechatPayPublicKeyId, wechatPayPublicKeyPath];
    const input = `${[...answers, world.front.url].join('\n')}\n`;
    const { code, stdout } = await typed(['config', 'init', '--profile', 'typed.json'], input);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('All right') });
  });

  test('Ctrl-D at a question of config init', async () => {
    const { code, stdout } = await typed(['config', 'init', '--profile', 'none.json'], CTRL_D);
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringContaining('nothing was written') });
  });

  test.each<[string, string[], string, number]>([
    ['a list of files', ['upload', '--profile', 'profile/shop.json', '--files-from', '-'], '1.png\n', 0],
    ['an image', ['upload', '--profile', 'profile/shop.json', '--filename', '1.png', '-'], 'no image\n', 1],
    ['a capture to explain', ['explain', '-'], '{"code":"SIGN_ERROR"}\n', 1],
    ['a capture to verify', ['verify', '--profile', 'profile/shop.json', '-'], 'GET / HTTP/1.1\n\n', 1],
    ['a body to sign', ['sign', 'POST', '/v3/x', '--profile', 'profile/shop.json', '--body', '-'], '{}\n', 0],
  ])('Ctrl-D behind %s', async (_, args, text, code) => {
    expect(await typed(args, text + CTRL_D)).toMatchObject({ code });
  });

  test.each([
    ['sandbox', ['sandbox', '--data', 'box', '--port', '0']],
    ['serve', ['serve', '--data', 'box', '--port', '0']],
  ])('Ctrl-C to %s', async (_, args) => {
    const started = world.start(args, { terminal: true, keepsInput: true });
    await says(started, 'http://');
    started.child.stdin?.write(CTRL_C);
    expect((await started.ended).code).not.toBeNull();
  });
});

test('work on a store shows how much is done', async () => {
  const { stdout } = await world.cli(['store', 'check', '--data', world.sandbox.folder], { terminal: true });
  expect(stripVTControlCharacters(stdout)).toContain('━  0/1');
  expect(stdout).toContain('1 images of');
});

/** Resolves when the command has printed the text. */
async function says({ child }: Started, text: string): Promise<void> {
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (piece: string) => {
      printed += piece;
      if (printed.includes(text)) resolve();
    });
    child.once('close', () => reject(new Error(printed)));
  });
}

test('config init reads a path as a shell would, and shows the path that it looked for', async () => {
  const { mchid, privateKeyPath, certificatePath, wechatPayPublicKeyId, wechatPayPublicKeyPath } =
    world.sandbox.credentials;
  const keys = world.at('my keys');
  await mkdir(keys);
  for (const file of [privateKeyPath, certificatePath, wechatPayPublicKeyPath])
    await writeFile(path.join(keys, path.basename(file)), await readFile(file));
  const name = (file: string): string => path.basename(file);
  const answers = [
    'shop 1',
    mchid,
    '~/keys/none.pem',
    // As typed, as dropped on a terminal of macOS, as of GNOME, and as pasted from a file manager.
    `~/my\\ keys/${name(privateKeyPath)} `,
    `'${path.join(keys, name(certificatePath))}'`,
    wechatPayPublicKeyId,
    `"$HOME/my keys/${name(wechatPayPublicKeyPath)}"`,
    world.front.url,
  ];
  const { code, stderr } = await world.cli(['config', 'init', '--profile', 'shell.json'], {
    input: `${answers.join('\n')}\n`,
  });
  expect(code).toBe(0);
  expect(stderr).toContain(world.at('keys', 'none.pem'));
  expect(stderr).toContain('digits alone');
  expect(stderr).not.toContain('\\d');
  expect(JSON.parse(await readFile(world.at('shell.json'), 'utf8'))).toMatchObject({
    privateKeyPath: path.join(keys, name(privateKeyPath)),
    certificatePath: path.join(keys, name(certificatePath)),
    wechatPayPublicKeyPath: path.join(keys, name(wechatPayPublicKeyPath)),
  });
});

test('~ in a profile, in a variable and behind an option stands for the home folder', async () => {
  const credentials = JSON.parse(await readFile(world.profile, 'utf8')) as Record<string, string>;
  const { privateKeyPath = '' } = world.sandbox.credentials;
  await mkdir(world.at('home'), { recursive: true });
  await writeFile(world.at('home', 'key.pem'), await readFile(privateKeyPath));
  const profile = { ...credentials, privateKeyPath: '~/home/key.pem' };
  await writeFile(world.at('home', 'shop.json'), JSON.stringify(profile));
  const args = ['upload', '1.png', '--no-ledger', '--profile=~/home/shop.json', '--manifest=~/urls.json'];
  expect(await world.cli(args)).toMatchObject({ code: 0 });
  expect(await readFile(world.at('urls.json'), 'utf8')).toContain('http');
  const env = { COUPON_MEDIA_PROFILE: world.profile, COUPON_MEDIA_PRIVATE_KEY: '~/home/key.pem' };
  expect(await world.cli(['upload', '1.png', '--no-ledger'], { env })).toMatchObject({ code: 0 });
});
