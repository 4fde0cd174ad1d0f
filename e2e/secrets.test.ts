import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openEmbeddedMerchants } from '@coupon-media/server';
import { expect, test, vi } from 'vitest';
import { png, send, signedUpload, type UploadShape } from './support/exchange.js';
import { couponMedia } from './support/run.js';
import { rawConnection, type TestService, testService } from './support/service.js';

vi.setConfig({ testTimeout: 120_000 });

test('the log of a run contains no secret, whatever happens in it', async () => {
  const service = await testService({ quotaPerSecond: 5 });
  const seen = await secretsOf(service);
  // If `incoming` is a file, an image larger than the memory of a draft cannot be stored.
  await rm(path.join(service.folder, 'incoming'), { recursive: true });
  await writeFile(path.join(service.folder, 'incoming'), '');
  const shapes: [UploadShape, number][] = [
    [{}, 200],
    [{ signed: 'something else' }, 401],
    [{ mchid: '1900000999' }, 401],
    [{ authorization: 'Bearer secret-token' }, 401],
    [{ filename: 'a.gif' }, 400],
    [{ file: png(1, 1, Buffer.alloc(200_000)) }, 500],
    [{ headers: { 'Wechatpay-Serial': 'PUB_KEY_ID_0' } }, 200],
  ];
  for (const [shape, status] of shapes) {
    const request = await signedUpload(service.credentials, shape);
    seen.push(request.headers.Authorization as string, signatureOf(request.headers.Authorization as string));
    expect((await send(service.credentials, request)).status).toBe(status);
  }
  const many = await Promise.all(Array.from({ length: 15 }, () => signedUpload(service.credentials)));
  const answers = await Promise.all(many.map((request) => send(service.credentials, request)));
  expect(answers.map(({ status }) => status)).toContain(429);
  const { socket, closed } = await rawConnection(service.port);
  socket.write('Authorization: secret-token\r\n\r\n');
  await closed;

  const log = service.log.join('');
  // The log does report what happened.
  for (const word of ['signatureWrong', 'certificateUnknown', 'systemError', 'rateExceeded'])
    expect(log).toContain(word);
  expect(seen.filter((secret) => secret !== '' && log.includes(secret))).toEqual([]);
});

test('the command line shows no private key, and an APIv3 key only on request', async () => {
  const service = await testService();
  const secrets = await secretsOf(service);
  for (const command of [
    'merchant list',
    'merchant show 1900000001',
    'platform-key list',
    'platform-key add',
  ]) {
    const { stdout, stderr } = await couponMedia(...command.split(' '), '--data', service.folder);
    expect(secrets.filter((secret) => (stdout + stderr).includes(secret))).toEqual([]);
  }
});

test('the start warns about key files that other users can read', async () => {
  const kept = await testService();
  expect(kept.log.join()).not.toContain('other users can read');

  const open = await testService({}, async (folder) => {
    await chmod(folder, 0o755);
    await chmod(path.join(folder, 'credentials.json'), 0o644);
    await chmod(path.join(folder, 'store.db'), 0o640);
    await chmod(path.join(folder, 'merchant', 'apiclient_key.pem'), 0o604);
  });
  const warned = open.log
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg.includes('other users can read'));
  expect(warned.map(({ file, level }) => [path.relative(open.folder, file), level]).sort()).toEqual([
    ['credentials.json', 40],
    ['merchant/apiclient_key.pem', 40],
    ['store.db', 40],
    // SQLite gives it the mode of the database.
    ['store.db-wal', 40],
  ]);
});

/** Key material as it might appear: the lines of a PEM without the first, which all keys of a size begin with. */
async function secretsOf({ folder, credentials }: TestService): Promise<string[]> {
  const records = await openEmbeddedMerchants({ folder });
  const platform = (await records.platformKeys()).map(({ privateKeyPem }) => privateKeyPem);
  await records.close();
  const pems = [...platform, await readFile(credentials.privateKeyPath, 'utf8')];
  const lines = pems.flatMap((pem) =>
    pem
      .split('\n')
      .filter((line) => !line.startsWith('-----'))
      .slice(1, -1),
  );
  return [...lines, credentials.apiV3Key];
}

function signatureOf(authorization: string): string {
  return /signature="([^"]*)"/.exec(authorization)?.[1] ?? '';
}
