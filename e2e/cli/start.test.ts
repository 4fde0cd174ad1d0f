import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { CLI, run } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';

/** Each module costs about a third of a millisecond, and `node -e 0` about as much as 250 of them. */
const MOST_MODULES = 43;

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

test('--version loads nothing but what begins', async () => {
  const modules = await modulesOf('--version');
  expect(modules.filter((name) => !/^(node:|packages\/cli\/bin\/)/.test(name))).toEqual([]);
});

test.each([
  [['--help'], []],
  [['serve', '--help'], []],
  [['upload', '--help', '--lang', 'zh-CN'], []],
  [['completion', 'bash'], ['completion']],
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
