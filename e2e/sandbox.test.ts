import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { readCredentials } from '@coupon-media/sandbox';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { couponMedia, startCouponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the demo uploads a JPG, a PNG and a BMP and exits with 0', async () => {
  const { code, stdout } = await couponMedia('sandbox', '--demo');
  expect(code).toBe(0);
  for (const image of ['coupon.jpg', 'coupon.png', 'coupon.bmp']) {
    const digest = createHash('sha256')
      .update(readFileSync(`packages/sandbox/images/${image}`))
      .digest('hex');
    expect(stdout).toContain(`✓ ${image}`);
    expect(stdout).toContain(`/images/${digest}.${image.split('.')[1]}`);
  }
});

describe('a sandbox folder', () => {
  test('keeps its port, keys and images between runs', async () => {
    const port = String(await freePort());
    const first = startCouponMedia('sandbox', '--data', folder, '--port', port);
    const output = await first.prints('Ctrl-C stops');
    expect(await first.stop()).toMatchObject({ code: 0 });
    const before = readFileSync(path.join(folder, 'credentials.json'), 'utf8');
    expect(Object.keys(JSON.parse(before))).toEqual(CREDENTIALS);

    const second = startCouponMedia('sandbox', '--data', folder);
    await second.prints('Ctrl-C stops');
    expect(readFileSync(path.join(folder, 'credentials.json'), 'utf8')).toBe(before);
    const [url] = output.match(/http:\S+\.png/) ?? [];
    expect(url).toContain(`:${port}/`);
    expect((await fetch(url as string)).status).toBe(200);
    await second.stop('SIGTERM');
  });

  test('reports a port that is later in use', async () => {
    const port = await freePort();
    const first = startCouponMedia('sandbox', '--data', folder, '--port', String(port));
    await first.prints('Ctrl-C stops');
    await first.stop();
    const holder = await hold(port);
    expectOneLine(
      await couponMedia('sandbox', '--data', folder),
      3,
      `port ${port} on 127.0.0.1 is in use, and the images`,
    );
    holder.close();
  });

  test('uses no other port, because its URLs are permanent', async () => {
    const first = startCouponMedia('sandbox', '--data', folder, '--port', String(await freePort()));
    await first.prints('Ctrl-C stops');
    await first.stop();
    const other = String(await freePort());
    expectOneLine(await couponMedia('sandbox', '--data', folder, '--port', other), 3, 'omit --port');
  });

  test('cannot be inside a file', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    expectOneLine(await couponMedia('sandbox', '--data', path.join(file, 'data')), 3, file);
  });
});

test('the first run takes the next free port, reports it, and keeps it', async () => {
  const holder = await hold(8787).catch(() => undefined);
  const sandbox = startCouponMedia('sandbox', '--data', folder);
  const output = await sandbox.prints('Ctrl-C stops');
  expect(output).toContain('port 8787 is taken');
  const { baseUrl } = await readCredentials(path.join(folder, 'credentials.json'));
  expect(Number(new URL(baseUrl).port)).toBeGreaterThan(8787);
  await sandbox.stop();
  holder?.close();
});

test('serve stops if its port is in use', async () => {
  const port = await freePort();
  const holder = await hold(port);
  expectOneLine(await couponMedia('serve', '--data', folder, '--port', String(port)), 3, `port ${port}`);
  holder.close();
});

test('wrong use is reported as such', async () => {
  expect(await couponMedia('sandbox', '--port', 'eighty')).toMatchObject({ code: 2 });
  expect(await couponMedia('nothing')).toMatchObject({ code: 2 });
});

const CREDENTIALS = [
  'baseUrl',
  'mchid',
  'certificateSerialNo',
  'privateKeyPath',
  'certificatePath',
  'apiV3Key',
  'wechatPayPublicKeyId',
  'wechatPayPublicKeyPath',
  'platformCertificatePath',
  'platformCertificateSerialNo',
];

function expectOneLine(
  { code, stderr }: { code: number | null; stderr: string },
  exit: number,
  text: string,
): void {
  expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: exit, lines: 1 });
  expect(stderr).toContain(text);
}

async function hold(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function freePort(): Promise<number> {
  const server = await hold(0);
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
