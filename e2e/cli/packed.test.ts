import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPacked, pack } from '../../tools/packages/pack.mjs';
import { wholePng } from '../support/exchange.js';
import { run } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';

// Takes 70 s: the packages as users get them, packed, and installed from the tarballs into empty folders, five times; longer if npm has
// to fetch dependencies.
const SLOW = 300_000;

const root = path.resolve('.');
let folder: string;
let tarballs: Map<string, string>;
beforeAll(async () => {
  folder = await temporaryFolder();
  tarballs = pack(root, path.join(folder, 'coupon-media/packed')); // as in a clone beside what installs from it
}, SLOW);
afterAll(() => rm(folder, { recursive: true, force: true }));

const documents = [
  ...['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((file) => path.join('docs', file)),
  ...readdirSync('packages').map((name) => `packages/${name}/README.md`),
]
  .filter((file) => file.endsWith('.md'))
  .map((file) => readFileSync(file, 'utf8'));

const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8'));
const INSTALL = 'npm install coupon-media @coupon-media/service-cli';

describe('coupon-media alone', () => {
  let alone: string;
  beforeAll(async () => {
    alone = path.join(folder, 'alone');
    installPacked(root, tarballs, ['coupon-media'], alone);
    await writeFile(path.join(alone, '1.png'), wholePng(1));
  }, SLOW);
  const cli = (...args: string[]) => command(alone, args);

  test('installs neither the service nor its dependencies', () => {
    const there = [
      '@coupon-media/server',
      '@opentelemetry',
      '@aws-sdk',
      'fastify',
      'pg',
      'ioredis',
      'libsql',
    ];
    expect(there.filter((name) => existsSync(path.join(alone, 'node_modules', name)))).toEqual([]);
  });

  test('prints its version, and names the commands that it lacks', async () => {
    expect(await cli('--version')).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    const { code, stdout } = await cli('--help');
    expect(code).toBe(0);
    for (const name of ['sandbox', 'serve', 'merchant', 'platform-key', 'store', 'relay', 'token', 'audit'])
      expect(stdout).toMatch(new RegExp(`^  ${name} .*needs @coupon-media/service-cli$`, 'm'));
    expect((await cli('--help', '--lang', 'zh-CN')).stdout).toContain('需要安装 @coupon-media/service-cli');
  });

  test.each([
    [['serve', '--data', 'somewhere', '--port', '0']],
    [['serve', '--help']],
    [['merchant', 'list']],
    [['sandbox']],
  ])('%j ends with 2 and the line that installs both', async (args) => {
    const { code, stdout, stderr } = await cli(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`coupon-media: ${args[0]} comes with @coupon-media/service-cli: ${INSTALL}\n`);
    const chinese = await cli(...args, '--lang', 'zh-CN');
    expect(chinese).toMatchObject({ code: 2, stderr: expect.stringContaining(`请安装：${INSTALL}\n`) });
    expect(existsSync(path.join(alone, 'somewhere'))).toBe(false);
  });

  test('uploads, and completes the commands that it has', async () => {
    const args = [
      'upload',
      '1.png',
      '--dry-run',
      '--mchid',
      '1900000001',
      '--base-url',
      'http://127.0.0.1:1',
    ];
    expect(await cli(...args)).toMatchObject({ code: 0, stderr: expect.stringContaining('1 would be sent') });
    expect((await cli('completion', 'bash')).stdout).toContain('upload');
  });
});

describe('with @coupon-media/service-cli', () => {
  let both: string;
  beforeAll(() => {
    both = path.join(folder, 'both');
    installPacked(root, tarballs, ['coupon-media', '@coupon-media/service-cli'], both);
  }, SLOW);
  const cli = (...args: string[]) => command(both, args);

  test('it runs the service: the demo passes', async () => {
    expect(await cli('sandbox', '--demo')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('all three uploads succeeded'),
    });
    expect((await cli('serve', '--help')).stdout).toContain('--public-url');
  });

  test('the other commands run even if service-cli does not load', async () => {
    const main = path.join(both, 'node_modules/@coupon-media/service-cli/dist/index.js');
    await writeFile(main, "throw new Error('half installed');\n");
    expect(await cli('serve')).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'coupon-media: serve cannot run, since @coupon-media/service-cli does not load: half installed\n',
    });
    await writeFile(main, "export const serviceCli = { version: '0.0.9', messages: {}, commands: [] };\n");
    expect(await cli('serve')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`needs @coupon-media/service-cli ${VERSION}, and 0.0.9 is installed`),
    });
    expect(await cli('config', 'show')).toMatchObject({ code: 0 });
  });
});

/** What documents install by path; that they install by name only once it is published, `npm run check` holds. */
const byPath = [
  ...new Set(
    documents.flatMap((text) =>
      Array.from(text.matchAll(/npm install [^`#\n]*packed\/[^`#\n]*/g), ([line]) => line.trim()),
    ),
  ),
];

describe('as the documents say', () => {
  test.each(byPath)('%s', { timeout: SLOW }, async (text) => {
    const shop = path.join(folder, `shop-${byPath.indexOf(text)}`);
    await mkdir(shop);
    const script = `cd '${shop}' && npm init --yes && export npm_config_prefix='${shop}' && ${text}`;
    const installed = await run('bash', ['-c', script]);
    expect(installed, installed.stderr).toMatchObject({ code: 0 });
    const program = text.includes('--global') ? './bin/coupon-media' : 'npx --no-install coupon-media';
    const use = text.includes('*')
      ? `${program} --version`
      : `node -p "typeof require('@coupon-media/client').createClient"`;
    const used = await run('bash', ['-c', `cd '${shop}' && ${use}`]);
    expect(used).toEqual({ code: 0, stdout: text.includes('*') ? `${VERSION}\n` : 'function\n', stderr: '' });
  });
});

/** The path of the command as npm links it. */
function command(where: string, args: readonly string[]) {
  const script = `cd '${where}' && exec ./node_modules/.bin/coupon-media "$@"`;
  return run('sh', ['-c', `unset LC_ALL LC_MESSAGES LANG; ${script}`, 'sh', ...args]);
}
