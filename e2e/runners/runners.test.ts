import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPacked, pack } from '../../tools/packages/pack.mjs';
import { installFrom } from '../support/installed.js';
import { type Ended, run } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';
import { compilers, type Program, programs, type Settings, settings } from './matrix.js';

// Takes 60 s: packs, installs, compiles in five settings and starts test runners.
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

/** Runs Node in the program's folder. */
function node(...args: string[]): Promise<Ended> {
  const script = `cd '${app}' && exec '${process.execPath}' "$@"`;
  return run('sh', ['-c', `export EXPECTED='${EXPECTED}'; unset NODE_OPTIONS; ${script}`, 'sh', ...args]);
}
