import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { wholePng } from '../support/exchange.js';
import { createWorld, type World } from './world.js';

vi.setConfig({ testTimeout: 120_000 });

let world: World;
let key: string;
let settings: Record<string, string>;

beforeAll(async () => {
  world = await createWorld();
  const { credentials } = world.sandbox;
  key = await readFile(credentials.privateKeyPath, 'utf8');
  settings = {
    COUPON_MEDIA_BASE_URL: world.front.url,
    COUPON_MEDIA_MCHID: credentials.mchid,
    COUPON_MEDIA_CERTIFICATE: credentials.certificatePath,
    COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID: credentials.wechatPayPublicKeyId,
    COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY: credentials.wechatPayPublicKeyPath,
  };
  await mkdir(world.at('images'));
  await writeFile(world.at('images/1.png'), wholePng(1));
});
afterAll(() => world.end());

/** A cluster that is configured, and never reached. */
const ENGINES = {
  COUPON_MEDIA_REDIS_URL: 'redis://127.0.0.1:1',
  COUPON_MEDIA_DATABASE_URL: 'postgres://u@127.0.0.1:1/x',
  COUPON_MEDIA_S3_BUCKET: 'coupons',
};

/** The forms in which a key is pasted. */
const FORMS: Record<string, (pem: string) => string> = {
  PEM: (pem) => pem,
  'PEM on one line': (pem) => pem.replaceAll('\n', '\\n'),
  'base64 of the PEM': (pem) => Buffer.from(pem).toString('base64'),
  'base64 of the DER': (pem) => pem.replace(/-----.*-----|\n/g, ''),
  'a part of the base64': (pem) => Buffer.from(pem).toString('base64').slice(0, 700),
  'a data URL': (pem) => `data:application/x-pem-file;base64,${Buffer.from(pem).toString('base64')}`,
};

/** Parts of a key's text, in each of its forms. */
function pieces(text: string): string[] {
  const bare = text.replace(/-----[^-]*-----|\\n|\s/g, '');
  return Array.from({ length: Math.floor(bare.length / 40) }, (_, at) =>
    bare.slice(40 * at, 40 * at + 16),
  ).slice(1);
}

async function expectUnseen(secret: string, args: string[], env: Record<string, string>, input = '') {
  const { code, stdout, stderr } = await world.cli(args, { env, input });
  const seen = pieces(secret).filter((piece) => (stdout + stderr).includes(piece));
  expect(seen, `${args[0]}: ${stdout}${stderr}`).toEqual([]);
  expect(stdout.length + stderr.length).toBeLessThan(8_000);
  return { code, stdout, stderr };
}

test.each(Object.entries(FORMS))(
  'a private key as %s in its variable is read, or refused with a message',
  async (form, of) => {
    const given = of(key);
    const env = { ...settings, COUPON_MEDIA_PRIVATE_KEY: given };
    const isRead = !/^a /.test(form);
    const lang = ['--lang', 'zh-CN'];
    expect((await expectUnseen(given, ['doctor', '--json', ...lang], env)).code).toBe(isRead ? 0 : 3);
    expect((await expectUnseen(given, ['upload', 'images', '--no-ledger'], env)).code).toBe(isRead ? 0 : 3);
    await expectUnseen(given, ['config', 'show', '--json'], env);
  },
);

test.each(['PEM', 'base64 of the PEM'])(
  'a private key as %s in the place of another value is not shown',
  async (form) => {
    const given = FORMS[form]?.(key) ?? '';
    const env = { ...settings, COUPON_MEDIA_PRIVATE_KEY: world.sandbox.credentials.privateKeyPath };
    const keyFile = env.COUPON_MEDIA_PRIVATE_KEY;
    for (const name of Object.keys(settings)) {
      expect((await expectUnseen(given, ['doctor'], { ...env, [name]: given })).code, name).toBe(3);
    }
    const commands: [args: string[], code: number][] = [
      [['doctor', `--private-key=${given}`], 3],
      [['doctor', `--profile=${given}`], 2],
      [['upload', given], 1],
      [['upload', given, '--json'], 1],
      [['upload', 'images', `--manifest=${given}`], 2],
      [['upload', 'images', `--ledger=${given}`], 2],
      [['upload', `--files-from=${given}`], 3],
      [['upload', `--concurrency=${given}`, 'images'], 2],
      [['sign', 'POST', '/', `--body=${given}`], 2],
      [['sign', 'POST', '/', `--text=${given}`], 2],
      [['sign', 'GET', given], 2],
      [['verify', given], 2],
      [['explain', given], 2],
      [['explain', `--body=${given}`], 2],
      [['explain', '--url=/', `--method=${given}`], 2],
      [['explain', `--url=${given}`], 2],
      [['explain', `--authorization=${given}`], 2],
      [['merchant', 'add', '1900000009', `--certificate=${given}`], 3],
      [['platform-key', 'add', `--private-key=${given}`], 3],
      [['platform-key', 'add', `--private-key=${keyFile}`, `--id=${given}`], 3],
      [['platform-key', 'retire', given], 3],
      [['merchant', 'show', given], 3],
      [['merchant', 'add', given, `--certificate=${world.sandbox.credentials.certificatePath}`], 3],
      [['sandbox', '--port=0', `--data=${given}`], 3],
      [['serve', `--data=${given}`], 3],
      [['serve', `--host=${given}`], 3],
      [[given], 2],
    ];
    for (const [args, code] of commands) {
      // Every parser reads a value that begins with a dash as an option.
      const isOption = given.startsWith('-') && args.includes(given);
      const ended = await expectUnseen(given, args, env);
      expect(ended.code, args.map((arg) => arg.slice(0, 20)).join(' ')).toBe(isOption ? 2 : code);
    }
    const migrate = ['store', 'migrate', '--to=cluster', `--data=${given}`];
    expect((await expectUnseen(given, migrate, ENGINES)).stderr).toBe(
      'coupon-media: --data: must be the path of a folder\n',
    );
  },
);

/** Passwords that look like paths or are too short to do so, with their parts. */
const WORDS: [word: string, parts: RegExp][] = [
  ['aB3/xY9+kQ7zLm2/Rt5vNw8p', /xY9|zLm2|Rt5v/],
  ['Zk3/9aQx+T7b/Lm2Rt5vNw8pC1d/E4fG6hJ0sU+yVoI=', /9aQx|Rt5v|E4fG/],
  ['Secr3t@Tail/Rest9', /Secr|Tail|Rest9/],
];

test.each(WORDS)(
  'the password %s in the place of another value is not shown, in either language',
  async (word, parts) => {
    const own = { ...settings, COUPON_MEDIA_PRIVATE_KEY: world.sandbox.credentials.privateKeyPath };
    const uses: [args: string[], code: number, env: Record<string, string>][] = [
      [['doctor', `--profile=${word}`], 0, own],
      [['doctor'], 0, { ...own, COUPON_MEDIA_PROFILE: word }],
      [['doctor'], 3, { ...own, COUPON_MEDIA_BASE_URL: word }],
      [['upload', 'images', '--no-ledger'], 3, { ...own, COUPON_MEDIA_BASE_URL: word }],
      [['upload', `--privatekey=${word}`], 2, own],
      [['upload', `-p${word}`], 2, own],
      [['explain', `--url=${word}`], 2, own],
      [['explain', '--url=/', `--method=${word}`], 2, own],
      [['merchant', 'show', word], 3, own],
      [['platform-key', 'retire', word], 3, own],
      [['merchant', 'set', '1900000001', `--platform-key=${word}`], 3, own],
      [
        ['merchant', 'list'],
        3,
        {
          ...ENGINES,
          COUPON_MEDIA_DATABASE_URL: `postgres://u@127.0.0.1:1/x?sslkey=${encodeURIComponent(word)}`,
        },
      ],
    ];
    for (const [args, code, env] of uses) {
      for (const lang of ['en', 'zh-CN']) {
        const ended = await world.cli([...args, '--lang', lang], { env });
        const what = `${args[0]} ${args[1] ?? ''}: ${ended.stderr}`;
        expect(ended.stdout + ended.stderr, what).not.toMatch(parts);
        if (code > 0) expect(ended.code, what).toBe(code);
        else expect(ended.code, what).not.toBe(0);
      }
    }
  },
);

test('harmless values are shown: the name of an option, a profile, an address, and a folder in the place of a file', async () => {
  const own = { ...settings, COUPON_MEDIA_PRIVATE_KEY: world.sandbox.credentials.privateKeyPath };
  const said = async (args: string[], env: Record<string, string> = own) =>
    (await world.cli(args, { env })).stderr;
  expect(await said(['upload', '--privatekey=hunter2'])).toMatch(/^error: unknown option '--privatekey'\n/);
  expect(await said(['upload', '--privatkey=hunter2', '--lang=zh-CN'])).toMatch(/没有选项 --privatkey\n/);
  expect(await said(['doctor', '--profile=shop'])).toContain('shop.json');
  const hosts = { ...own, COUPON_MEDIA_BASE_URL: 'api.mch.weixin.qq.com' };
  expect(await said(['doctor'], hosts)).toMatch(/^coupon-media: COUPON_MEDIA_BASE_URL: .* not api\.mch/);
  const folder = 'coupon-media: images: it is a folder, not a file\n';
  expect(await said(['doctor'], { ...own, COUPON_MEDIA_PROFILE: 'images' })).toBe(folder);
  expect(await said(['sign', 'POST', '/', '--body=images'])).toBe(folder);
});

test('--demo and a folder exclude each other', async () => {
  const { code, stdout, stderr } = await world.cli(['sandbox', '--demo', '--data', 'folder']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('--data and --demo do not go together');
});

test('a key file, a profile or an APIv3 key as a list of images is not repeated line by line', async () => {
  const apiV3Key = randomBytes(16).toString('hex');
  await writeFile(world.at('key.pem'), key);
  await writeFile(world.at('list.json'), JSON.stringify({ mchid: '1', apiV3Key }, null, 2));
  await writeFile(world.at('apiv3.txt'), `${apiV3Key}\n`);
  for (const [file, code] of [
    ['key.pem', 2],
    ['list.json', 2],
    ['apiv3.txt', 1],
  ] as const) {
    for (const more of [[], ['--json']]) {
      const {
        stdout,
        stderr,
        code: ended,
      } = await world.cli(['upload', '--files-from', file, '--dry-run', ...more]);
      expect(ended, stderr).toBe(code);
      expect([...pieces(key), apiV3Key].filter((piece) => (stdout + stderr).includes(piece))).toEqual([]);
    }
  }
});

test('a password or an APIv3 key in the place of the path of a key is not shown, and a path is', async () => {
  for (const secret of ['hunter2', 'Secr3t@Tail/Rest9', randomBytes(16).toString('hex')]) {
    const env = { ...settings, COUPON_MEDIA_PRIVATE_KEY: secret };
    for (const args of [
      ['doctor'],
      ['config', 'show', '--json'],
      ['upload', 'images'],
      ['sign', 'GET', '/'],
    ]) {
      const { stdout, stderr } = await world.cli(args, { env });
      expect(stdout + stderr, args[0]).not.toMatch(new RegExp(`${secret.slice(0, 7)}|Tail|Rest9`));
    }
  }
  const { stdout } = await world.cli(['doctor'], {
    env: { ...settings, COUPON_MEDIA_PRIVATE_KEY: 'keys/absent.pem' },
  });
  expect(stdout).toContain(`COUPON_MEDIA_PRIVATE_KEY: ${world.at('keys/absent.pem')}: there is no such file`);
});

test('the content of a profile that is not JSON is not shown', async () => {
  await writeFile(world.at('apiv3.json'), 'Abcd1234Efgh5678');
  const { code, stderr } = await world.cli(['config', 'show', '--profile', 'apiv3.json']);
  expect(code).toBe(3);
  expect(stderr).not.toContain('Abcd');
});

test('neither service nor client shows any part of a password that is not escaped in a URL', async () => {
  const word = 'Secr3t@Tail/Rest9';
  const parts = /Secr|secr|Tail|tail|Rest9|rest9/;
  const wrong = { COUPON_MEDIA_REDIS_URL: `redis://:${word}@127.0.0.1:6379` };
  for (const args of [
    ['serve'],
    ['merchant', 'list'],
    ['store', 'check'],
    ['store', 'migrate', '--to', 'cluster'],
  ]) {
    const { code, stdout, stderr } = await world.cli(args, { env: { ...ENGINES, ...wrong } });
    expect(code).toBe(3);
    expect(stdout + stderr).not.toMatch(parts);
    expect(stderr).toMatch(/^coupon-media: COUPON_MEDIA_REDIS_URL: .* \/ \? # @ % .* %2F %3F %23 %40 %25/);
  }
  const own = { ...settings, COUPON_MEDIA_PRIVATE_KEY: world.sandbox.credentials.privateKeyPath };
  const proxied = {
    COUPON_MEDIA_BASE_URL: 'http://media.invalid',
    HTTP_PROXY: `http://user:${word}@127.0.0.1:1`,
  };
  const based = { COUPON_MEDIA_BASE_URL: `http://user:${word}@127.0.0.1:1` };
  for (const args of [['doctor'], ['upload', 'images', '--retries', '0', '--no-ledger']]) {
    for (const env of [proxied, based]) {
      const { code, stdout, stderr } = await world.cli(args, { env: { ...own, ...env } });
      expect(code).not.toBe(0);
      expect(stdout + stderr).not.toMatch(parts);
      if (env === proxied) expect(stdout + stderr).toContain('%2F');
    }
  }
});
