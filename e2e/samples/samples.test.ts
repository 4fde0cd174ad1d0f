import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { couponMedia, run } from './support/run.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

const PICTURE = 'packages/sandbox/images/coupon.png';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});
afterAll(() => sandbox.end());

test('examples/upload.sh uploads with curl and openssl alone', async ({ skip }) => {
  const tools = await run('sh', ['-c', 'command -v curl openssl']);
  skip(tools.code !== 0, 'curl or openssl is not installed');
  expect(await run('sh', ['examples/upload.sh', PICTURE, sandbox.credentialsPath])).toMatchObject(
    printsUrl(),
  );
});

test('examples/upload.ts uploads with the SDK', async () => {
  // Node 20 does not run TypeScript, so the types are removed and the example is passed on standard input.
  const { outputText } = ts.transpileModule(readFileSync('examples/upload.ts', 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const args = ['--input-type=module', '-', PICTURE, sandbox.credentialsPath];
  expect(await run(process.execPath, args, outputText)).toMatchObject(printsUrl());
});

test('coupon-media upload prints a line for each image, and failures last', async () => {
  const ended = await couponMedia('upload', '--profile', sandbox.credentialsPath, 'nothing.png', PICTURE);
  expect(ended).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^\S+coupon\.png\thttp:\S+\.png\n$/),
  });
  expect(ended.stderr).toContain('nothing.png');
});

function printsUrl(): object {
  const url = new RegExp(`^${sandbox.credentials.baseUrl}/images/[0-9a-f]{64}\\.png\\n$`);
  return { code: 0, stderr: '', stdout: expect.stringMatching(url) };
}
