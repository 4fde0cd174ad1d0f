import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { link } from '../support/links.js';
import { CLI, run } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';

/** Each module costs about a third of a millisecond, and `node -e 0` about as much as 250 of them. */
const MOST_MODULES = 45;

/** What may be loaded to show help: the tables of the commands and of the settings, and their sentences. */
const LIGHT =
  /^(packages\/(cli|service-cli)\/|packages\/apiv3\/dist\/[\w-]+\.js$|packages\/server\/dist\/settings\/|node_modules\/commander\/)/;

const HEAVY_OF_APIV3 = /apiv3\/dist\/(index|keys|signature|cipher)\.js$/;

/** Modules of Node that it has loaded before any program begins. */
const OWN = ['node:fs', 'node:module', 'node:os', 'node:path', 'node:util'];

/** @returns paths from the root of the repository, and names of Node's modules that are imported */
async function modulesOf(...args: string[]): Promise<string[]> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const log = path.join(folder, 'modules');
  const hook = pathToFileURL(path.resolve('e2e/cli/module-log.mjs')).href;
  const env = { ...process.env, MODULE_LOG: log, LANG: 'en_GB.UTF-8' };
  const { code, stderr } = await run(process.execPath, ['--import', hook, CLI, ...args], '', { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const root = `${pathToFileURL(process.cwd()).href}/`;
  return (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map((url) => url.replace(root, ''));
}

test.each([[['--version']], [['--help']], [['completion', 'bash']]])(
  '%j loads nothing but what begins',
  async (args) => {
    const modules = await modulesOf(...args);
    expect(modules.filter((name) => !/^(node:|packages\/cli\/bin\/)/.test(name))).toEqual([]);
  },
);

test.each([
  [['--help', '--lang', 'en'], []],
  [['serve', '--help'], []],
  [['upload', '--help', '--lang', 'zh-CN'], []],
  [['completion', 'bash', '--lang', 'en'], ['completion']],
])('%j loads tables and sentences, in one language, and no command', async (args, commands) => {
  const modules = await modulesOf(...args);
  expect(modules.length).toBeLessThanOrEqual(MOST_MODULES);
  const [builtin, files] = [true, false].map((isBuiltin) =>
    modules.filter((name) => name.startsWith('node:') === isBuiltin),
  );
  expect(builtin?.filter((name) => !OWN.includes(name))).toEqual([]);
  expect(files?.filter((name) => !LIGHT.test(name) || HEAVY_OF_APIV3.test(name))).toEqual([]);
  expect(files?.filter((name) => /\/messages\/(en|zh-cn)\.js$/.test(name))).toHaveLength(2);
  const loaded = modules.flatMap((name) => /\/dist\/commands\/(.*)\.js$/.exec(name)?.[1] ?? []);
  expect(loaded).toEqual(commands);
});

describe('what the build keeps of help and completion is what the program prints', () => {
  /** A folder in which the service's commands are not installed. */
  let alone: string;
  beforeAll(async () => {
    alone = await temporaryFolder();
    const unwanted = ['coupon-media', '@coupon-media', '.bin'];
    await link('node_modules', path.join(alone, 'node_modules'), (name) => !unwanted.includes(name));
    const ours = 'node_modules/@coupon-media';
    await link(ours, path.join(alone, ours), (name) => name !== 'service-cli');
    await link('packages/cli', path.join(alone, 'node_modules/coupon-media'), () => true);
  });
  afterAll(() => rm(alone, { recursive: true, force: true }));

  const CHINESE = { LC_ALL: 'zh_CN.UTF-8', LANG: 'en' };
  const ENGLISH = { LANG: 'en_GB' };
  const typed = [['--help'], ['-h'], ['help'], ['completion', 'bash'], ['completion', 'zsh']];
  const cases = typed.flatMap((args) =>
    [CHINESE, ENGLISH, ...(args[0] === '--help' ? [{ LC_MESSAGES: 'zh_HK' }, {}] : [])].flatMap((locale) =>
      [true, false].map((hasService) => ({ args, locale, hasService })),
    ),
  );

  test.each(cases)('$args, $locale, with the service: $hasService', async ({ args, locale, hasService }) => {
    const cli = hasService ? 'packages/cli' : path.join(alone, 'node_modules/coupon-media');
    const env = { PATH: process.env.PATH, ...locale };
    // Links are not resolved, so that a package finds only what is installed beside it.
    const node = hasService ? [] : ['--preserve-symlinks', '--preserve-symlinks-main'];
    const started = (file: string, columns: number) => {
      const terminal = `data:text/javascript,Object.assign(process.stdout,{isTTY:true,columns:${columns}})`;
      return run(process.execPath, [...node, '--import', terminal, path.join(cli, file), ...args], '', {
        env,
      });
    };
    const [bin, main] = ['bin/coupon-media.cjs', 'dist/main.js'];
    expect(await run(process.execPath, [...node, path.join(cli, bin), ...args], '', { env })).toEqual(
      await run(process.execPath, [...node, path.join(cli, main), ...args], '', { env }),
    );
    if (args[0] === '--help')
      for (const columns of [80, 100, 300])
        expect(await started(bin, columns)).toEqual(await started(main, columns));
  });
});
