import { readFileSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { startSandbox } from '@coupon-media/sandbox';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CLI, type Ended, run } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';

/** The lines for continuous integration in docs/sandbox.md: GitHub's, GitLab's, Docker's. */
const [github, gitlab] = Array.from(
  readFileSync('docs/sandbox.md', 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms),
  ([, text = '']) => parse(text),
);

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  await copyFile('packages/sandbox/images/coupon.png', path.join(folder, 'coupon.png'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the lines for GitHub Actions start a sandbox, and give later steps what a program needs', async () => {
  const step = github.steps.find(({ run }: { run?: string }) => run?.includes('sandbox --data'));
  const later = `set -a; . ${folder}/github.env; set +a; ${UPLOAD}`;
  expect(await ci(`${step.run}\n${later}`)).toEqual(uploaded());
});

test('the lines for GitLab do the same', async () => {
  const lines: string[] = gitlab.test.script;
  const from = lines.findIndex((line) => line.includes('sandbox --data'));
  expect(await ci([...lines.slice(from, -1), UPLOAD].join('\n'))).toEqual(uploaded());
});

test('a shell and Node read credentials.env where paths have spaces, too; a shell also quotation marks', async () => {
  const data = path.join(folder, "my 'data");
  await using sandbox = await startSandbox({ folder: data, port: 0 });
  const file = path.join(data, 'credentials.env');
  const { privateKeyPath } = sandbox.credentials;
  expect(await run('sh', ['-c', '. "$1"; printf %s "$COUPON_MEDIA_PRIVATE_KEY"', 'sh', file])).toEqual({
    code: 0,
    stdout: privateKeyPath,
    stderr: '',
  });
  const spaces = path.join(folder, 'my data');
  await using other = await startSandbox({ folder: spaces, port: 0 });
  const variables = parseEnv(readFileSync(path.join(spaces, 'credentials.env'), 'utf8'));
  expect(variables.COUPON_MEDIA_PRIVATE_KEY).toBe(other.credentials.privateKeyPath);
});

const UPLOAD = `sh '${path.resolve('samples/curl/upload.sh')}' coupon.png`;

function uploaded(): object {
  return { code: 0, stdout: expect.stringMatching(/\/images\/[0-9a-f]{64}\.png\n$/), stderr: '' };
}

/** Runs a script as continuous integration would, and ends what it left in the background. */
async function ci(script: string): Promise<Ended> {
  const npx = `npx() { shift; shift; exec '${process.execPath}' '${path.resolve(CLI)}' "$@"; }`;
  const end = `kill $!; wait $!; exit $code`;
  const env = { ...process.env, RUNNER_TEMP: folder, GITHUB_ENV: path.join(folder, 'github.env') };
  const text = script.replaceAll('/tmp/sandbox', path.join(folder, 'sandbox'));
  return run('bash', ['-c', `${npx}\n${text}\ncode=$?\n${end}`], '', { cwd: folder, env });
}
