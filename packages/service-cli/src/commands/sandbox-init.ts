import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandError } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import type { TEST_RUNNERS } from '../options.js';

/** What differs between test runners. */
interface Runner {
  /** Its package; undefined if it needs none. */
  readonly packageName: string | undefined;
  /** By which it is known in a script of package.json. */
  readonly script: RegExp;
  readonly file: string;
  /** Where files that end in `.js` are modules. */
  readonly fileOfModules?: string;
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
    script: /\bvitest\b/,
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
    script: /\bjest\b/,
    file: 'coupon-media.test.js',
    fileOfModules: 'coupon-media.test.cjs',
    // Jest 29 looks for no test in a file that ends in .cjs.
    command: (file) => `npx jest ${file.endsWith('.cjs') ? `--testMatch '**/${file}'` : file}`,
    head: [
      "const { startSandbox } = require('@coupon-media/sandbox');",
      "require('@coupon-media/sandbox/jest');",
    ],
    after: 'afterAll(() => sandbox.stop());',
    expectation: EXPECTATION,
  },
  'node:test': {
    packageName: undefined,
    script: /\bnode\b.* --test\b/,
    file: 'coupon-media.test.mjs',
    command: (file) => `node --test ${file}`,
    head: [
      "import { after, before, test } from 'node:test';",
      "import { assertReceivedUpload, startSandbox } from '@coupon-media/sandbox';",
    ],
    after: 'after(() => sandbox.stop());',
    expectation: "  assertReceivedUpload(sandbox, { filename: 'coupon.png', times: 1 });",
  },
} satisfies Readonly<Record<(typeof TEST_RUNNERS)[number], Runner>>;

/** `coupon-media sandbox init`. */
export async function init(
  shell: ServiceShell,
  given: string | undefined,
  { runner: named }: { runner?: string },
): Promise<void> {
  const { out, say } = shell;
  const manifests = await manifestsAbove(process.cwd());
  const name = named ?? runnerOf(manifests);
  const runner = RUNNERS[name] as Runner;
  const file = given ?? ((manifests[0]?.type === 'module' && runner.fileOfModules) || runner.file);
  try {
    await writeFile(file, testFile(name, runner), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError<ServiceKey>('sandbox.init.exists', { file });
  }
  const others = Object.keys(RUNNERS).filter((other) => other !== name);
  out.lines(say('sandbox.init.written', { file, runner: name, command: runner.command(file) }));
  if (named === undefined) out.lines(say('sandbox.init.others', { others: others.join('|') }));
  if (!(await isInstalled())) out.lines(say('sandbox.init.install'));
}

/** What is read of a package.json. */
interface Manifest {
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** @returns the runner of the nearest package.json that has one: of those in its script `test`, else of those that it installs, the first */
function runnerOf(manifests: readonly Manifest[]): string {
  for (const { scripts, dependencies, devDependencies } of manifests) {
    const installed = { ...dependencies, ...devDependencies };
    const runners = Object.entries(RUNNERS);
    const found =
      runners.find(([, { script }]) => script.test(scripts?.test ?? '')) ??
      runners.find(([, { packageName }]) => packageName && installed[packageName]);
    if (found) return found[0];
  }
  return 'node:test';
}

/** @returns those of a folder and of the folders above it, the nearest first; workspaces have their runner at their root */
async function manifestsAbove(folder: string): Promise<Manifest[]> {
  const above = path.dirname(folder);
  const found: Manifest[] = await readFile(path.join(folder, 'package.json'), 'utf8')
    .then((text) => [JSON.parse(text)])
    .catch(() => []);
  return [...found, ...(above === folder ? [] : await manifestsAbove(above))];
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
