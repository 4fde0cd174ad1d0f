import { IMAGE_BYTES_LIMIT } from '@coupon-media/apiv3';
import { expect, test } from 'vitest';
import { PublishError, type UploadEvent } from '../dist/index.js';
import { opened, pngOf, sha256 } from './opened.js';
import { post, problemOf } from './send.js';

test('a raw image gets its URL; the same bytes again are answered without being stored or published', async () => {
  const { url, token, publisher } = await opened();
  const bearer = await token();
  const image = pngOf(10_240);
  const first = await post(
    `${url}/v1/images?filename=${encodeURIComponent('夏日.png')}&slot=icon`,
    bearer,
    image,
  );
  expect(first.status).toBe(200);
  const value = `https://upstream.example/shop/${sha256(image).slice(0, 12)}.png`;
  const facts = { sha256: sha256(image), width: 1, height: 1, changes: [] };
  expect(first.body).toEqual({ image_url: value, ...facts, upstream_request_id: 'UP-1', reused: false });
  const second = await post(`${url}/v1/images`, bearer, image);
  expect(second.body).toEqual({ image_url: value, ...facts, upstream_request_id: 'UP-1', reused: true });
  expect(publisher.asked).toHaveLength(1);
  expect(publisher.asked[0]).toMatchObject({
    account: 'shop',
    endpoint: 'product-coupon',
    caller: bearer.slice(0, 16),
    upload: { filename: '夏日.png', bytes: 10_240, kind: 'png' },
  });
});

test('a form has one file, and its fields are parameters; 2 MiB arrive whole', async () => {
  const { url, token, publisher } = await opened();
  const image = pngOf(IMAGE_BYTES_LIMIT);
  const form = new FormData();
  form.set('endpoint', 'merchant-media');
  form.set('file', new Blob([new Uint8Array(image)], { type: 'image/png' }), 'a b.png');
  const response = await fetch(`${url}/v1/images`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await token()}` },
    body: form,
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ media_id: expect.any(String), sha256: sha256(image) });
  expect(publisher.asked[0]?.upload).toMatchObject({ filename: 'a b.png', bytes: IMAGE_BYTES_LIMIT });
});

test('each form that is not one file is refused as malformed', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const file = new Blob([new Uint8Array(pngOf(100))]);
  const two = new FormData();
  two.append('file', file, 'a.png');
  two.append('file', file, 'b.png');
  const none = new FormData();
  none.set('slot', 'icon');
  for (const form of [two, none]) {
    const refused = await fetch(`${url}/v1/images`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${bearer}` },
      body: form,
    });
    expect(await problemOf(refused)).toMatchObject({ status: 400, code: 'form-malformed' });
  }
  const broken = await post(`${url}/v1/images`, bearer, Buffer.from('--x'), {
    'Content-Type': 'multipart/form-data; boundary=x',
  });
  expect(broken.body).toMatchObject({ status: 400, code: 'form-malformed' });
});

test.each([
  ['one byte too many', pngOf(IMAGE_BYTES_LIMIT + 1), 'image/png', 413, 'body-too-large'],
  ['no bytes', Buffer.alloc(0), 'image/png', 422, 'image-refused'],
  ['no image', Buffer.from('<svg/>'), 'image/png', 422, 'image-refused'],
  ['half a head', pngOf(100).subarray(0, 20), 'image/png', 422, 'image-refused'],
  ['another type', pngOf(100), 'image/webp', 415, 'content-type-unsupported'],
  ['JSON', Buffer.from('{}'), 'application/json', 415, 'content-type-unsupported'],
])('%s is refused, and nothing is kept', async (_, bytes, type, status, code) => {
  const { url, token, publisher } = await opened();
  const bearer = await token();
  const refused = await post(`${url}/v1/images`, bearer, bytes, { 'Content-Type': type });
  expect([refused.status, refused.type]).toEqual([status, 'application/problem+json']);
  expect(refused.body).toMatchObject({ status, code, type: `tag:coupon-media.example,2026:${code}` });
  expect(publisher.asked).toHaveLength(0);
});

test('unknown and wrong parameters are named', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  for (const query of ['slot=banner', 'prepare=maybe', 'colour=red', 'endpoint=coupon']) {
    const refused = await post(`${url}/v1/images?${query}`, bearer, pngOf(100));
    expect(refused.body).toMatchObject({
      status: 400,
      code: 'parameter-invalid',
      errors: [expect.anything()],
    });
  }
  const other = await post(`${url}/v1/images?endpoint=favor`, bearer, pngOf(100));
  expect(other.body).toMatchObject({ status: 403, code: 'endpoint-unavailable' });
});

test('problems are in the language of the reader', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const read = async (language: string) =>
    (await post(`${url}/v1/images`, bearer, Buffer.from('x'), { 'Accept-Language': language })).body;
  expect(await read('en')).toMatchObject({ title: 'The image breaks a rule', reason: 'imageKindUnknown' });
  expect(await read('zh-CN')).toMatchObject({ title: '图片不符合规则' });
});

test('one account learns nothing of the images of another: it stores and publishes for itself', async () => {
  const { url, token, publisher } = await opened();
  const [shop, rival] = [await token(), await token({ account: 'rival' })];
  const image = pngOf(100_000);
  await post(`${url}/v1/images`, shop, image);
  const asked = await fetch(`${url}/v1/images/${sha256(image)}`, {
    headers: { Authorization: `Bearer ${rival}` },
  });
  expect(await problemOf(asked)).toMatchObject({ status: 404, code: 'not-found' });
  expect((await post(`${url}/v1/images`, rival, image)).body).toMatchObject({ reused: false });
  expect(publisher.asked.map(({ account }) => account)).toEqual(['shop', 'rival']);
});

test('what upstream says of an image is told unchanged; trouble of the relay is not the mistake of the caller', async () => {
  const { url, token, publisher } = await opened();
  const bearer = await token();
  const texts = { 'zh-CN': '说明', en: 'words' };
  const upstream = { status: 400, code: 'PARAM_ERROR', message: '图片尺寸不符', requestId: 'UP-9' };
  const cases = [
    [new PublishError('refused', texts, { upstream }), 400, 'upstream-refused-image', null],
    [
      new PublishError('refused', texts, { upstream: { ...upstream, status: 403, code: 'NO_AUTH' } }),
      403,
      'upstream-refused-permission',
      null,
    ],
    [new PublishError('waiting', texts, { retryAfter: 7.2 }), 429, 'turn-not-reached', '8'],
    [new PublishError('unavailable', texts), 503, 'upstream-unavailable', '1'],
    [new Error('the key is secret'), 500, 'internal-error', null],
  ] as const;
  for (const [error, status, code, retryAfter] of cases) {
    publisher.next = () => Promise.reject(error);
    const refused = await post(`${url}/v1/images`, bearer, pngOf(200));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(refused.body).toMatchObject({ code });
    expect(JSON.stringify(refused.body)).not.toContain('the key is secret');
  }
  publisher.next = () => Promise.reject(cases[0][0]);
  const { requestId: request_id, ...said } = upstream;
  expect((await post(`${url}/v1/images`, bearer, pngOf(200))).body).toMatchObject({
    upstream: { ...said, request_id },
  });
});

test('a listener is told of each upload, under the number that the response has', async () => {
  const told: UploadEvent[] = [];
  const { url, token } = await opened({ listener: { uploaded: (event) => void told.push(event) } });
  const bearer = await token();
  const image = pngOf(300);
  const answers = [
    await post(`${url}/v1/images?slot=icon`, bearer, image),
    await post(`${url}/v1/images`, bearer, image),
    await post(`${url}/v1/images`, bearer, Buffer.from('x')),
  ];
  expect(told.map(({ requestId }) => `${requestId}-0`)).toEqual(
    answers.map(({ headers }) => headers.get('request-id')),
  );
  const common = { caller: bearer.slice(0, 16), account: 'shop', endpoint: 'product-coupon' };
  expect(told[0]).toMatchObject({
    ...common,
    status: 200,
    slot: 'icon',
    sha256: sha256(image),
    reused: false,
  });
  expect(told[1]).toMatchObject({ ...common, status: 200, reused: true, upstreamRequestId: 'UP-1' });
  expect(told[2]).toMatchObject({ ...common, status: 422, problem: 'image-refused', value: undefined });
});

test('a request waits for its URL until its deadline, and what upstream has begun goes on', async () => {
  const { url, token, publisher } = await opened();
  publisher.next = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () =>
        reject(new PublishError('waiting', { 'zh-CN': '稍候', en: 'wait' }, { retryAfter: 3 })),
      );
    });
  const refused = await post(`${url}/v1/images`, await token(), pngOf(200), { Prefer: 'wait=1' });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
});
