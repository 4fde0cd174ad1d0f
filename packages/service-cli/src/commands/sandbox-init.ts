import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { CommandError } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';

/** What differs between test runners. */
interface Runner {
  /** Its package; undefined if it needs none. */
  readonly packageName: string | undefined;
  readonly file: string;
  readonly command: (file: string) => string;
  /** The lines before the test. */
  readonly head: readonly string[];
  /** The line that runs once all tests of the file have ended. */
  readonly after: string;
  readonly expectation: string;
}

const IMPORT = "import { startSandbox } from '@coupon-media/sandbox';";
const EXPECTATION = "  expect(sandbox).toHaveReceivedUpload({ filename: 'coupon.png', times: 1 });";

const RUNNERS: Readonly<Record<string, Runner>> = {
  vitest: {
    packageName: 'vitest',
    file: 'coupon-media.test.mjs',
    command: (file) => `npx vitest run ${file}`,
    head: [
      IMPORT,
      "import '@coupon-media/sandbox/vitest';",
      "import { afterAll, beforeAll, expect, test } from 'vitest';",
    ],
    after: 'afterAll(() => sandbox.stop());',
    expectation: EXPECTATION,
  },
  jest: {
    packageName: 'jest',
    file: 'coupon-media.test.js',
    command: (file) => `npx jest ${file}`,
    head: [
      "const { startSandbox } = require('@coupon-media/sandbox');",
      "require('@coupon-media/sandbox/jest');",
    ],
    after: 'afterAll(() => sandbox.stop());',
    expectation: EXPECTATION,
  },
  'node:test': {
    packageName: undefined,
    file: 'coupon-media.test.mjs',
    command: (file) => `node --test ${file}`,
    head: [
      "import { after, before, test } from 'node:test';",
      "import { assertReceivedUpload, startSandbox } from '@coupon-media/sandbox';",
    ],
    after: 'after(() => sandbox.stop());',
    expectation: "  assertReceivedUpload(sandbox, { filename: 'coupon.png', times: 1 });",
  },
};

/** `coupon-media sandbox init`. */
export function initCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return new Command('init')
    .description(say('sandbox.init.description'))
    .argument('[file]', say('sandbox.init.file'))
    .addOption(new Option('--runner <name>', say('sandbox.init.runner')).choices(Object.keys(RUNNERS)))
    .action((file: string | undefined, { runner }: { runner?: string }) => init(file, runner, shell));
}

async function init(
  given: string | undefined,
  named: string | undefined,
  shell: ServiceShell,
): Promise<void> {
  const { out, say } = shell;
  const name = named ?? (await runnerOfPackage());
  const runner = RUNNERS[name] as Runner;
  const file = given ?? runner.file;
  try {
    await writeFile(file, testFile(name, runner), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError<ServiceKey>('sandbox.init.exists', { file });
  }
  out.lines(say('sandbox.init.written', { file, command: runner.command(file) }));
  if (!(await isInstalled())) out.lines(say('sandbox.init.install'));
}

/** @returns the first of the test runners that the package.json of this folder names */
async function runnerOfPackage(): Promise<string> {
  try {
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Readonly<
      Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>> | undefined>
    >;
    const names = { ...manifest.dependencies, ...manifest.devDependencies };
    const found = Object.entries(RUNNERS).find(([, { packageName }]) => packageName && names[packageName]);
    return found?.[0] ?? 'node:test';
  } catch {
    return 'node:test';
  }
}

async function isInstalled(): Promise<boolean> {
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const found = await access(path.join(folder, 'node_modules', '@coupon-media', 'sandbox')).then(
      () => true,
      () => false,
    );
    if (found || folder === path.dirname(folder)) return found;
  }
}

/** A PNG of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function testFile(name: string, { head, after, expectation }: Runner): string {
  const before = name === 'node:test' ? 'before' : 'beforeAll';
  return `${[
    ...head,
    '',
    `const IMAGE = Buffer.from('${PIXEL}', 'base64');`,
    '',
    'let sandbox;',
    `${before}(async () => {`,
    '  sandbox = await startSandbox();',
    '});',
    after,
    '',
    "test('an image is uploaded', async () => {",
    '  // What your program needs to call the sandbox: sandbox.credentials has its address, merchant and keys.',
    '  const client = await sandbox.client();',
    "  const { imageUrl } = await client.uploadImage(IMAGE, { filename: 'coupon.png' });",
    '  if (!imageUrl.startsWith(sandbox.credentials.baseUrl)) throw new Error(imageUrl);',
    expectation,
    '});',
  ].join('\n')}\n`;
}
