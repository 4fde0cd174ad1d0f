import { readFile, writeFile } from 'node:fs/promises';
import { uploadEndpoint, writeMeta } from '@coupon-media/apiv3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PNG, type SignedUpload, send, sha256, signedUpload, type UploadShape } from '../support/exchange.js';
import { run } from '../support/run.js';
import { createWorld, jsonLines, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const PATH = uploadEndpoint('product-coupon').path;
const META = writeMeta({ filename: 'picture.png', sha256: sha256(PNG) });

describe('explain', () => {
  test('a request as it was sent, followed by its response', async () => {
    const request = await uploadWith({ signed: META.replaceAll('":', '": ').replaceAll(',"', ', "') });
    const response = await send(world.sandbox.credentials, request);
    await writeFile(world.at('wire.txt'), Buffer.concat([rawRequest(request), rawResponse(response)]));
    const { code, stdout } = await explain('wire.txt');
    expect(code).toBe(0);
    expect(stdout).toContain(`POST ${PATH}`);
    expect(stdout).toMatch(/✗ meta was serialised twice/);
  });

  test('the output of curl -v, with meta in a file', async ({ skip }) => {
    skip((await run('sh', ['-c', 'command -v curl'])).code !== 0, 'curl is not installed');
    const request = await uploadWith({ signed: '' });
    await writeFile(world.at('meta.json'), META);
    await writeFile(world.at('body'), request.body);
    const headers = Object.entries(request.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const args = ['-sv', '--data-binary', `@${world.at('body')}`, ...headers, request.url];
    const { stdout, stderr } = await run('curl', args);
    await writeFile(world.at('curl.txt'), stderr + stdout);
    const [found] = jsonLines((await explain('--json', '--meta', 'meta.json', 'curl.txt')).stdout);
    expect(found).toMatchObject({ mistake: 'emptyBodySigned', certain: true });
  });

  test('the body of the refusal alone: the findings that need no request', async () => {
    const request = await uploadWith({
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from('{}'),
    });
    const { text } = await send(world.sandbox.credentials, request);
    await writeFile(world.at('refusal.json'), text);
    const { stdout } = await explain('refusal.json');
    expect(stdout).toContain('found no part named meta');
  });

  test('header lines and values on the command line', async () => {
    const { headers } = await uploadWith({
      privateKeyPem: await readFile('vectors/keys/merchant.key.pem', 'utf8'),
    });
    await writeFile(world.at('headers.txt'), `Authorization: ${headers.Authorization}\nAccept: */*\n`);
    await writeFile(world.at('meta.json'), META);
    const args = ['--method', 'POST', '--url', `https://api.mch.weixin.qq.com${PATH}`, '--meta', 'meta.json'];
    expect((await explain(...args, 'headers.txt')).stdout).toContain('was not made with the given key');
    const { Authorization = '' } = (await uploadWith({})).headers;
    const right = await explain(...args, '--authorization', Authorization);
    expect(right).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ The signature is right') });
  });

  test('too little data: the command names what is missing; a file that is not a capture is wrong use', async () => {
    await writeFile(world.at('refusal.json'), '{"code":"SIGN_ERROR","message":"错误的签名，验签失败"}');
    const little = await explain('refusal.json');
    expect(little).toMatchObject({ code: 1, stdout: expect.stringContaining('the Authorization header') });
    await writeFile(world.at('noise.txt'), 'hello\nworld\n');
    expect(await explain('noise.txt')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('neither HTTP'),
    });
    expect(await explain()).toMatchObject({ code: 2 });
  });
});

describe('sign', () => {
  test('the string is shown line by line, and the service accepts the Authorization', async () => {
    await writeFile(world.at('meta.json'), META);
    const { stdout } = await cli('sign', 'POST', PATH, '--body', 'meta.json', '--json');
    const [signed] = jsonLines(stdout);
    expect(signed?.message).toMatch(new RegExp(`^POST\\n${PATH}\\n\\d{10}\\n[0-9a-f]{32}\\n`));
    const request = await uploadWith({ authorization: String(signed?.authorization) });
    expect((await send(world.sandbox.credentials, request)).status).toBe(200);
    const shown = await cli(
      'sign',
      'GET',
      'https://api.mch.weixin.qq.com/v3/certificates',
      '--timestamp',
      '1700000000',
      '--nonce',
      '0123456789abcdef',
    );
    expect(shown.stdout).toContain(
      '  GET\\n\n  /v3/certificates\\n\n  1700000000\\n\n  0123456789abcdef\\n\n  \\n\n',
    );
  });

  test('the signature agrees with openssl', async ({ skip }) => {
    skip((await run('sh', ['-c', 'command -v openssl'])).code !== 0, 'openssl is not installed');
    const [signed] = jsonLines((await cli('sign', 'POST', '/a?b=c', '--text', '{"d":1}', '--json')).stdout);
    const key = world.sandbox.credentials.privateKeyPath;
    const made = await run(
      'sh',
      ['-c', `openssl dgst -sha256 -sign '${key}' | openssl base64 -A`],
      String(signed?.message),
    );
    expect(signed?.signature).toBe(made.stdout);
  });
});

describe('verify', () => {
  test('a response: valid, altered, and from another time', async () => {
    const response = await send(world.sandbox.credentials, await uploadWith({}));
    await writeFile(world.at('response.txt'), rawResponse(response));
    expect(await cli('verify', 'response.txt')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('✓'),
    });
    await writeFile(world.at('altered.txt'), String(rawResponse(response)).replace('.png', '.jpg'));
    const altered = await cli('verify', 'altered.txt', '--json');
    expect(altered.code).toBe(1);
    expect(jsonLines(altered.stdout)).toMatchObject([
      { kind: 'response', genuine: false, fault: 'signatureWrong' },
    ]);
    const old = await cli('verify', 'response.txt', '--now', '1700000000', '--json');
    expect(jsonLines(old.stdout)).toMatchObject([{ fault: 'stale' }]);
  });

  test('a request: an upload with its meta', async () => {
    await writeFile(world.at('meta.json'), META);
    await writeFile(world.at('request.txt'), rawRequest(await uploadWith({})));
    expect(await cli('verify', 'request.txt')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--body META'),
    });
    expect(await cli('verify', 'request.txt', '--body', 'meta.json')).toMatchObject({ code: 0 });
    await writeFile(world.at('meta.json'), `${META}\n`);
    expect(await cli('verify', 'request.txt', '--body', 'meta.json')).toMatchObject({ code: 1 });
  });
});

function uploadWith(shape: UploadShape): Promise<SignedUpload> {
  return signedUpload(world.sandbox.credentials, shape);
}

function rawRequest({ headers, body }: SignedUpload): Buffer {
  const lines = Object.entries({ ...headers, 'Content-Length': body.length }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([Buffer.from(`POST ${PATH} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), body]);
}

function rawResponse({ status, headers, text }: Awaited<ReturnType<typeof send>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
}

function explain(...args: string[]) {
  return cli('explain', ...args);
}

function cli(...args: string[]) {
  return world.cli([...args, '--profile', world.profile]);
}
