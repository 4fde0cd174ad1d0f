import { type ImageKind, mediaTypes } from '@coupon-media/apiv3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { png, send, sha256, signedUpload } from './support/exchange.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

/** Heads of images of one pixel, followed by a page that a browser would run if it mistook them for HTML. */
const SCRIPT = Buffer.from('<html><script>alert(1)</script><svg onload="alert(1)">');
const HEADS: Record<ImageKind, Buffer> = {
  png: png(1, 1),
  jpg: Buffer.from('ffd8ffc0000b080001000101011100', 'hex'),
  bmp: Buffer.from(`424d${'00'.repeat(12)}0c00000001000100${'01001800'}`, 'hex'),
};

const images = (Object.keys(HEADS) as ImageKind[]).flatMap((kind) => [
  { kind, size: 'small', bytes: Buffer.concat([HEADS[kind], SCRIPT]) },
  // More than the database holds (64 KiB).
  { kind, size: 'large', bytes: Buffer.concat([HEADS[kind], SCRIPT, Buffer.alloc(200_000, kind)]) },
]);

let sandbox: TestSandbox;
const urls = new Map<Buffer, string>();
beforeAll(async () => {
  sandbox = await testSandbox();
  for (const { kind, bytes } of images) {
    // A suffix of one allowed kind on bytes of another is accepted; the bytes decide what is served (contract 5.6).
    const filename = kind === 'png' ? 'picture.jpg' : 'picture.png';
    const upload = await signedUpload(sandbox.credentials, { file: bytes, filename });
    urls.set(bytes, JSON.parse((await send(sandbox.credentials, upload)).text).image_url);
  }
});
afterAll(() => sandbox.end());

describe.each(images)('a $size $kind', ({ kind, bytes }) => {
  const etag = `"${sha256(bytes)}"`;
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(urls.get(bytes) as string, { method, headers });

  test('has a URL from its digest and kind', () => {
    expect(urls.get(bytes)).toBe(`${sandbox.credentials.baseUrl}/images/${sha256(bytes)}.${kind}`);
  });

  test('is returned completely, cacheable for ever, as an image that cannot run', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': mediaTypes[kind],
      'content-length': String(bytes.length),
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'accept-ranges': 'bytes',
      etag,
    });
  });

  test('HEAD returns the same without a body', async () => {
    const [head, whole] = [await get({}, 'HEAD'), await get()];
    const ignored = ['date', 'request-id', 'connection', 'keep-alive'];
    const said = ({ headers }: Response) => [...headers].filter(([name]) => !ignored.includes(name));
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(said(head)).toEqual(said(whole));
    await whole.arrayBuffer();
  });

  test.each([
    [etag, 304],
    [`W/${etag}`, 304],
    [`"other", ${etag}`, 304],
    ['*', 304],
    ['"other"', 200],
    [etag.replaceAll('"', ''), 200],
  ])('If-None-Match %s: %d', async (tag, status) => {
    const answer = await get({ 'If-None-Match': tag });
    expect(answer.status).toBe(status);
    expect((await answer.arrayBuffer()).byteLength).toBe(status === 304 ? 0 : bytes.length);
    expect(answer.headers.get('etag')).toBe(etag);
  });

  test.each([
    ['bytes=0-9', 0, 9],
    ['bytes=10-', 10, -1],
    ['bytes=-10', -10, -1],
    ['bytes=5-5', 5, 5],
    ['bytes=0-99999999', 0, -1],
  ])('Range %s: 206', async (range, from, to) => {
    const { length } = bytes;
    const [start, end] = [from, to].map((at) => (at < 0 ? length + at : at)) as [number, number];
    const answer = await get({ Range: range });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end}/${length}`);
    expect(answer.headers.get('content-length')).toBe(String(end - start + 1));
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  test.each(['bytes=99999999-', 'bytes=-0'])('Range %s: 416', async (range) => {
    const answer = await get({ Range: range });
    expect([answer.status, await answer.text()]).toEqual([416, '']);
    expect(answer.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
    expect(answer.headers.get('cache-control')).toBeNull();
  });

  test.each([
    { Range: 'bytes=0-1,4-5' },
    { Range: 'bytes=x' },
    { Range: 'lines=0-1' },
    { Range: 'bytes=5-2' },
    { Range: 'bytes=0-1', 'If-Range': '"other"' },
    { Range: 'bytes=0-1', 'If-Range': `W/${etag}` },
  ])('%j results in the whole image', async (headers) => {
    const answer = await get(headers as Record<string, string>);
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBe(bytes.length);
  });

  test.each(['bytes=0-9', 'bytes=99999999-'])(
    'HEAD with Range %s: the whole image, as RFC 9110 requires',
    async (range) => {
      const answer = await get({ Range: range }, 'HEAD');
      expect([answer.status, answer.headers.get('content-range')]).toEqual([200, null]);
      expect(answer.headers.get('content-length')).toBe(String(bytes.length));
    },
  );

  test("If-Range with the image's tag: the range", async () => {
    const answer = await get({ Range: 'bytes=0-1', 'If-Range': etag });
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([206, 2]);
  });
});

describe('what is not an image', () => {
  const [{ bytes } = { bytes: Buffer.alloc(0) }] = images;
  const digest = sha256(bytes);
  test.each([
    `${digest}.jpg`,
    `${digest}.gif`,
    `${digest}`,
    `${digest.toUpperCase()}.png`,
    `${digest}.png.html`,
    `${sha256(Buffer.from('other'))}.png`,
    `..%2f..%2fcredentials.json`,
    `%00.png`,
    '',
  ])('/images/%s: 404, empty', async (name) => {
    const answer = await fetch(`${sandbox.credentials.baseUrl}/images/${name}`);
    expect([answer.status, await answer.text()]).toEqual([404, '']);
    expect(answer.headers.get('request-id')).toMatch(/^[0-9A-F]{32}-0$/);
  });

  test('a 404 is not cached, because the same image may be uploaded later', async () => {
    const answer = await fetch(`${sandbox.credentials.baseUrl}/images/${sha256(Buffer.from('later'))}.png`);
    expect(String(answer.headers.get('cache-control'))).not.toMatch(/immutable|max-age/);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s: 405', async (method) => {
    const answer = await fetch(`${sandbox.credentials.baseUrl}/images/${digest}.png`, { method });
    expect([answer.status, await answer.text(), answer.headers.get('allow')]).toEqual([405, '', 'GET, HEAD']);
  });
});
