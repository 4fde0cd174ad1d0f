import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPacked, pack } from '../../tools/packages/pack.mjs';
import { installFrom } from '../support/installed.js';
import { CLI, type Ended, run } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';
import { harFaults } from './har.js';
import { compilers, type Program, programs, type Settings, settings } from './matrix.js';
import { failuresIn, MESSAGES, SHOWS, type Shows } from './messages.js';

// Takes 70 s: packs, installs, compiles in five settings and starts test runners.
const SLOW = 300_000;

/** What the scenario tells where all of it held. */
const EXPECTED = 'demo 3, prepared png, uploaded 200, true SIGN_ERROR, true NOT_AN_IMAGE';

const root = path.resolve('.');
const runners = import.meta.dirname;
/** A program's folder, with what was packed installed in it. */
let app: string;
beforeAll(async () => {
  await installFrom(runners);
  app = await temporaryFolder();
  const wanted = ['@coupon-media/client', '@coupon-media/prepare', '@coupon-media/sandbox'];
  installPacked(root, pack(root, path.join(app, 'packed')), wanted, app);
  await cp(path.join(runners, 'app'), app, { recursive: true });
  await cp('samples/coupon-service', path.join(app, 'coupon-service'), { recursive: true });
  const types = path.join(app, 'node_modules/@types');
  await mkdir(types, { recursive: true });
  await symlink(path.join(runners, 'node_modules/@types/node'), path.join(types, 'node'));
  await symlink(path.join(runners, 'node_modules/@types/jest'), path.join(types, 'jest'));
  await symlink(path.join(root, 'node_modules/vitest'), path.join(app, 'node_modules/vitest'));
  await writeFile(path.join(app, 'uses.mts'), await readFile(path.join(app, 'uses.ts')));
}, SLOW);
afterAll(() => rm(app, { recursive: true, force: true }));

describe.each(compilers)('$title', (compiler) => {
  test.each(settings.filter(({ before }) => compiler.major < (before ?? Number.POSITIVE_INFINITY)))(
    'finds the types: $title',
    async ({ title, file, options }: Settings) => {
      const project = path.join(app, `tsconfig.${title.replaceAll(/\W+/g, '-')}.json`);
      await writeFile(project, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: [file] }));
      const compiled = await node(path.join(runners, 'node_modules', compiler.bin), '-p', project);
      expect(compiled).toEqual({ code: 0, stdout: '', stderr: '' });
    },
    SLOW,
  );
});

test.each(programs)(
  '$title',
  async ({ args, prints, files = {} }: Program) => {
    for (const [name, content] of Object.entries(files))
      await writeFile(path.join(app, name), JSON.stringify(content));
    const ended = await node(...args({ runners, root }));
    expect(ended, `${ended.stdout}${ended.stderr}`).toMatchObject({ code: 0 });
    if (prints) expect(ended.stdout).toBe(`${prints === 'scenario' ? EXPECTED : prints}\n`);
  },
  SLOW,
);

describe('the coupon service of samples', () => {
  test.each(['vitest', 'jest', 'node-test'])(
    'passes its tests: npm run %s',
    async (script) => {
      const service = path.join(app, 'coupon-service');
      await linkRunners(service);
      const ended = await run('npm', ['run', script], '', { cwd: service, env: ENVIRONMENT });
      const output = ended.stdout + ended.stderr;
      expect(ended, output).toMatchObject({ code: 0 });
      expect(output).toMatch(/\b5 passed\b|# pass 5\n|ℹ pass 5\n/);
    },
    SLOW,
  );
});

test.each(SHOWS)(
  '$title shows what did arrive, and which mistake was made',
  async (shows: Shows) => {
    const cwd = path.join(app, 'messages');
    const { code, stdout, stderr } = await run(process.execPath, shows.args({ runners, root }), '', {
      cwd,
      env: ENVIRONMENT,
    });
    expect(code).toBe(1);
    const shown = failuresIn(stdout + stderr, shows);
    expect(shown).toEqual(
      Object.fromEntries(Object.entries(MESSAGES).map(([title, lines]) => [title, lines.join('\n  ')])),
    );
  },
  SLOW,
);

describe('coupon-media sandbox init', () => {
  test.each([
    { title: 'vitest', manifest: { devDependencies: { vitest: '*' } }, file: 'coupon-media.test.mjs' },
    { title: 'jest', manifest: { devDependencies: { jest: '*' } }, file: 'coupon-media.test.js' },
    {
      title: 'jest among modules',
      manifest: { type: 'module', devDependencies: { jest: '*' } },
      file: 'coupon-media.test.cjs',
    },
    {
      title: 'node:test, by the script, though vitest is installed',
      manifest: { scripts: { test: 'node --test' }, devDependencies: { vitest: '*' } },
      file: 'coupon-media.test.mjs',
    },
    { title: 'node:test', manifest: undefined, file: 'coupon-media.test.mjs' },
  ])(
    'writes a test file that passes: $title',
    async ({ manifest, file }) => {
      const folder = await mkdtemp(path.join(app, 'init-'));
      await linkRunners(folder);
      if (manifest) await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
      const place = { cwd: folder, env: ENVIRONMENT };
      const init = ['--lang', 'en', 'sandbox', 'init'];
      const written = await run(process.execPath, [path.resolve(CLI), ...init], '', place);
      expect(written).toMatchObject({ code: 0, stderr: '' });
      const [, name, command = ''] = /^wrote (\S+) for \S+ Run it with: (.+)$/m.exec(written.stdout) ?? [];
      expect(name).toBe(file);
      const ended = await run('sh', ['-c', command], '', place);
      const output = ended.stdout + ended.stderr;
      expect(ended, output).toMatchObject({ code: 0 });
      expect(output).toMatch(/\b1 passed\b|# pass 1\n|ℹ pass 1\n/);
    },
    SLOW,
  );
});

test('the HAR of a sandbox is valid by har-schema', async () => {
  expect(await harFaults(runners)).toEqual([[], []]);
});

test('each build knows the errors and the limiters of the other', async () => {
  expect(await node('both-builds.mjs')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^limit of both: made, limit\n\d\d classes, wrong: none\n$/),
  });
});

const STRICT = {
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  target: 'es2022',
  lib: ['es2023'],
  types: ['node'],
};

/** As a person's terminal, but that no output is coloured, and that a runner does not take itself for one that runs in another. */
const { NODE_OPTIONS: _, VITEST: __, NODE_TEST_CONTEXT: ___, ...OTHERS } = process.env;
const ENVIRONMENT = { ...OTHERS, NO_COLOR: '1' };

/** Gives a folder the commands of the test runners, as `npm install` does. */
async function linkRunners(folder: string): Promise<void> {
  const bin = path.join(folder, 'node_modules/.bin');
  if (existsSync(bin)) return;
  await mkdir(bin, { recursive: true });
  await symlink(path.join(root, 'node_modules/vitest/vitest.mjs'), path.join(bin, 'vitest'));
  await symlink(path.join(runners, 'node_modules/jest/bin/jest.js'), path.join(bin, 'jest'));
}

/** Runs Node in the program's folder. */
function node(...args: string[]): Promise<Ended> {
  const script = `cd '${app}' && exec '${process.execPath}' "$@"`;
  return run('sh', ['-c', `export EXPECTED='${EXPECTED}'; unset NODE_OPTIONS; ${script}`, 'sh', ...args]);
}
