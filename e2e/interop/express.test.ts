import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeImage } from '../support/images.js';
import { type TestSandbox, temporaryFolder, testSandbox } from '../support/sandbox.js';
import { INTEROP, installClients } from './installed.js';

let sandbox: TestSandbox;
let folder: string;
beforeAll(async () => {
  await installClients();
  sandbox = await testSandbox();
  folder = await temporaryFolder();
  await mkdir(path.join(folder, '.coupon-media'));
  await writeFile(path.join(folder, '.coupon-media/credentials.json'), JSON.stringify(sandbox.credentials));
}, 120_000);
afterAll(async () => {
  await sandbox.end();
  await rm(folder, { recursive: true, force: true });
});

test("the guide's program for Express uploads an image with a Chinese name, and closes", {
  timeout: 60_000,
}, async () => {
  const guide = await readFile('docs/guide-engineer.md', 'utf8');
  const [, source = ''] = /^```js\n(.*?)^```$/ms.exec(guide) ?? [];
  const program = path.join(INTEROP, 'node_modules/.guide-express.mjs');
  await writeFile(program, source);
  const port = await freePort();
  const child = spawn(process.execPath, [program], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: 'inherit',
  });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const send = async (name: string, bytes: Buffer): Promise<Response> => {
    const form = new FormData();
    form.append('file', new Blob([bytes]), name);
    return fetch(`http://127.0.0.1:${port}/images`, { method: 'POST', body: form });
  };
  try {
    const image = await makeImage('png', 1);
    await expect
      .poll(
        () =>
          send('新品优惠券.png', image).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200);
    const stored = (await (await send('新品优惠券.png', image)).json()) as { imageUrl: string };
    const fetched = Buffer.from(await (await fetch(stored.imageUrl)).arrayBuffer());
    expect(fetched.equals(image)).toBe(true);
    const refused = await send('a.png', Buffer.from('GIF89a'));
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
      422,
      'IMAGE_INVALID',
    ]);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended).toBe(0);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
