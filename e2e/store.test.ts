import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PNG, png, send, sha256, signedUpload, type UploadShape } from './support/exchange.js';
import { couponMedia } from './support/run.js';
import { type TestSandbox, temporaryFolder, testSandbox } from './support/sandbox.js';

const LARGE = png(8, 8, Buffer.alloc(100_000, 7));

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
  for (const shape of [{}, { file: LARGE, filename: 'large.png' }, { filename: 'again.png' }])
    await upload(shape);
});
afterAll(() => sandbox.end());

test('store list shows uploads while the service runs, newest first, page by page', async () => {
  expect(await names()).toEqual(['again.png', 'large.png', 'picture.png']);
  expect(await names('--filename', 'large')).toEqual(['large.png']);
  expect(await names('--merchant', '1900000002')).toEqual([]);
  const { stderr } = await store('list', '--limit', '2');
  const [, cursor] = /--cursor (\S+)/.exec(stderr) ?? [];
  expect(await names('--limit', '2', '--cursor', String(cursor))).toEqual(['picture.png']);
});

test('the same bytes are stored once', async () => {
  expect(await store('check')).toMatchObject({
    code: 0,
    stdout: `2 images of ${PNG.length + LARGE.length} bytes, 3 uploads: no problems\n`,
  });
});

test('store check reports what is wrong and exits with 1', async () => {
  const damaged = await testSandbox();
  await send(damaged.credentials, await signedUpload(damaged.credentials, { file: LARGE }));
  const digest = sha256(LARGE);
  await rm(path.join(damaged.folder, 'images', digest.slice(0, 2), `${digest}.png`));
  const { code, stdout } = await couponMedia('store', 'check', '--data', damaged.folder);
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(`missing  ${digest}`) });
  await damaged.end();
});

test('store backup copies everything while the service runs into a folder that can be served', async () => {
  const parent = await temporaryFolder();
  const copy = path.join(parent, 'copy');
  expect(await store('backup', copy)).toMatchObject({ code: 0 });
  expect(await couponMedia('store', 'check', '--data', copy)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('2 images'),
  });
  // It does not overwrite an existing folder.
  expect(await store('backup', copy)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('not empty'),
  });
  await rm(parent, { recursive: true, force: true });
});

function store(command: string, ...args: string[]) {
  return couponMedia('store', command, ...args, '--data', sandbox.folder);
}

async function names(...args: string[]): Promise<string[]> {
  const { stdout } = await store('list', '--json', ...args);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).filename);
}

async function upload(shape: UploadShape): Promise<void> {
  await send(sandbox.credentials, await signedUpload(sandbox.credentials, shape));
}
