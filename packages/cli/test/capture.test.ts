import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mergeCaptures, readCapture } from '../dist/capture/capture.js';
import { evidenceIn } from '../dist/capture/evidence.js';
import { readCaptures } from '../dist/capture/files.js';

const read = (text: string) => readCapture(Buffer.from(text));

describe('what people have of a request that was refused', () => {
  test('HTTP as it went over the wire: the body byte for byte, up to its length', () => {
    const body = Buffer.from([0xff, 0x00, 0x0d, 0x0a, 0x80]);
    const head = 'POST /v3/x?a=1 HTTP/1.1\r\nAuthorization: T a="b"\r\nContent-Length: 5\r\n\r\n';
    const response =
      'HTTP/1.1 401 Unauthorized\r\nDate: Mon, 23 Nov 2026 09:00:00 GMT\r\n\r\n{"code":"SIGN_ERROR"}';
    const capture = readCapture(Buffer.concat([Buffer.from(head), body, Buffer.from(response)]));
    expect(capture).toMatchObject({ method: 'POST', url: '/v3/x?a=1' });
    expect(Buffer.from(capture?.body ?? '', 'latin1')).toEqual(body);
    expect(capture?.response).toMatchObject({ status: 401, body: '{"code":"SIGN_ERROR"}' });
    expect(evidenceIn(capture ?? { headers: new Map() })).toMatchObject({
      authorization: 'T a="b"',
      serverNow: Date.parse('2026-11-23T09:00:00Z') / 1000,
    });
  });

  test('the same with LF for CRLF and without a length', () => {
    const capture = read('POST /x HTTP/1.1\nAuthorization: T\n\n{"a":1}\nHTTP/1.1 401\nX: y\n\n{}');
    expect(capture).toMatchObject({ url: '/x', body: '{"a":1}', response: { status: 401, body: '{}' } });
  });

  test('what curl -v printed, its progress and a proxy before it included', () => {
    const capture = read(`* Trying 127.0.0.1:8080...
> CONNECT api.mch.weixin.qq.com:443 HTTP/1.1
< HTTP/1.1 200 Connection established
* Connected
> POST /v3/x HTTP/2
> authorization: T a="b"
> content-length: 3
>
} [3 bytes data]
< HTTP/2 401
< date: Mon, 23 Nov 2026 09:00:00 GMT
<
{ [21 bytes data]
* Connection #0 left intact
{"code":"SIGN_ERROR"}`);
    expect(capture).toMatchObject({
      method: 'POST',
      url: '/v3/x',
      response: { status: 401, body: '{"code":"SIGN_ERROR"}' },
    });
    expect(capture?.headers.get('authorization')).toBe('T a="b"');
  });

  test('the body of the refusal, or sign_information out of it', () => {
    const information = { truncated_sign_message: 'POST\n', sign_message_length: 5 };
    for (const body of [{ code: 'SIGN_ERROR', detail: { sign_information: information } }, information]) {
      const capture = read(JSON.stringify(body));
      expect(evidenceIn(capture ?? { headers: new Map() }).signInformation).toEqual(information);
    }
  });

  test('header lines, which say nothing of where they belong', () => {
    const capture = read('Authorization: T a="b"\nAccept: */*');
    expect(capture?.method).toBeUndefined();
    expect(evidenceIn(capture ?? { headers: new Map() }).authorization).toBe('T a="b"');
  });

  test('a request without the header says that it has none; without a request nothing is known of it', () => {
    expect(
      evidenceIn(read('GET /x HTTP/1.1\r\nHost: y\r\n\r\n') ?? { headers: new Map() }).authorization,
    ).toBe('');
    expect(evidenceIn(read('{"code":"SIGN_ERROR"}') ?? { headers: new Map() }).authorization).toBeUndefined();
  });

  test('nothing of the sort', () => {
    for (const text of ['', 'hello\nworld', '-----BEGIN CERTIFICATE-----'])
      expect(read(text)).toBeUndefined();
  });

  test('several of one exchange: what the first says stands', () => {
    const merged = mergeCaptures([
      { headers: new Map([['a', '1']]), method: 'POST' },
      {
        headers: new Map([
          ['a', '2'],
          ['b', '3'],
        ]),
        method: 'GET',
        url: '/x',
      },
    ]);
    expect(merged).toEqual({
      headers: new Map([
        ['a', '1'],
        ['b', '3'],
      ]),
      method: 'POST',
      url: '/x',
    });
  });
});

describe('what holds a secret is not read: what stands in a capture is shown', () => {
  test.each([
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n'],
    ['an older one', 'POST /x HTTP/1.1\n\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n'],
    ['a profile with an APIv3 key', '{"mchid":"1900000001","apiV3Key" : "0123456789abcdef0123456789abcdef"}'],
    ['a profile with a private key', '{"privateKey":"MIIE"}'],
  ])('%s', async (_, text) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'capture');
    await writeFile(file, text);
    await expect(readCaptures([file])).rejects.toMatchObject({
      key: 'explain.holdsSecret',
      values: { file },
      exitCode: 2,
    });
  });

  test('a profile that only names its keys is no secret', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'capture');
    await writeFile(file, '{"mchid":"1900000001","privateKeyPath":"key.pem"}');
    expect((await readCaptures([file])).response?.body).toContain('key.pem');
  });
});
