import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encryptField, loadPublicKey, uploadEndpoint } from '@coupon-media/apiv3';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { openEmbeddedMerchants } from '@coupon-media/server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { couponMedia, startCouponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';
import { type CallShape, signedCall } from './support/signed-call.js';

const PICTURE = 'packages/sandbox/images/coupon.png';
const COUPONS = '/v3/marketing/partner/product-coupon/product-coupons';
const UPLOAD = uploadEndpoint('product-coupon').path;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ language: 'en' });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const call = (shape: CallShape) => signedCall(sandbox.credentials, shape);
const last = () => sandbox.requests.at(-1);

describe('a call that the table has a response for', () => {
  test('gets it, signed, with its status and headers', async () => {
    sandbox.responses.add({
      request: { method: 'POST', urlPath: '/v3/pay/transactions/jsapi' },
      response: { status: 202, jsonBody: { prepay_id: 'wx1' }, headers: { 'Retry-After': '3' } },
    });
    const answer = await call({ path: '/v3/pay/transactions/jsapi?a=1', body: '{"amount":1}' });
    expect(answer).toMatchObject({ status: 202, text: '{"prepay_id":"wx1"}', fault: undefined });
    expect(answer.headers).toMatchObject({ 'retry-after': '3' });
    expect(last()).toMatchObject({ outcome: 'SUCCESS', isAuthenticated: true, mistake: undefined });
  });

  test('the client of this project believes it', async () => {
    sandbox.responses.add({
      request: { method: 'GET', urlPathPattern: '/v3/orders/(?<id>[^/]+)' },
      response: ({ groups, query, caller }) => ({
        jsonBody: { ...groups, mchid: query.get('mchid'), caller },
      }),
    });
    const client = await sandbox.client();
    const { body } = await client.request('GET', '/v3/orders/7?mchid=19');
    expect(body).toEqual({ id: '7', mchid: '19', caller: '1900000001' });
  });

  test('a response without a body is a 204 that is signed', async () => {
    sandbox.responses.add({ request: { url: '/v3/orders/7/close' }, response: {} });
    const answer = await call({ path: '/v3/orders/7/close', body: '{}' });
    expect(answer).toMatchObject({ status: 204, text: '', fault: undefined });
    expect(answer.headers).not.toHaveProperty('content-length');
    const client = await sandbox.client();
    const { body } = await client.request('POST', '/v3/orders/7/close', {});
    expect(body).toBeUndefined();
  });

  test('the rule that was added last responds, and what was removed does not', async () => {
    const request = { method: 'GET', urlPath: '/v3/a' } as const;
    sandbox.responses.add({ request, response: { jsonBody: 1 } });
    const id = sandbox.responses.add({ request, response: { jsonBody: 2 } });
    expect((await call({ method: 'GET', path: '/v3/a' })).text).toBe('2');
    expect(sandbox.responses.remove(id)).toBe(true);
    expect((await call({ method: 'GET', path: '/v3/a' })).text).toBe('1');
    sandbox.responses.clear();
    expect(await call({ method: 'GET', path: '/v3/a' })).toMatchObject({ status: 404 });
  });

  test('an error of the table is signed, and the journal has its code', async () => {
    sandbox.responses.add({
      request: { urlPath: '/v3/a' },
      response: { status: 400, jsonBody: { code: 'RULE_LIMIT', message: '' } },
    });
    expect(await call({ path: '/v3/a', body: '{}' })).toMatchObject({ status: 400, fault: undefined });
    expect(last()).toMatchObject({ outcome: 'RULE_LIMIT', isAuthenticated: true });
  });

  test('a function that fails is told, in the response and in the journal', async () => {
    const id = sandbox.responses.add({
      request: { urlPath: '/v3/a' },
      response() {
        throw new Error('no such order');
      },
    });
    const answer = await call({ path: '/v3/a', body: '{}', headers: { 'Accept-Language': 'en' } });
    expect(answer).toMatchObject({ status: 500, fault: undefined });
    const message = `The function of response rule ${id} failed: no such order`;
    expect(JSON.parse(answer.text)).toEqual({ code: 'SYSTEM_ERROR', message });
    expect(last()?.mistake?.en).toBe(message);
  });

  test('brands call by their own scheme and path', async () => {
    const { folder, credentials } = sandbox;
    const records = await openEmbeddedMerchants({ folder });
    const own = await records.merchant(credentials.mchid);
    const [certificate] = own?.certificates ?? [];
    if (!own || !certificate) throw new Error('no certificate');
    const { certificates: _, ...profile } = own;
    await records.saveMerchant({ ...profile, id: '120344', scheme: 'brand' });
    await records.addCertificate('120344', certificate);
    await records.close();
    sandbox.responses.add({ request: { urlPath: '/brand/a' }, response: { jsonBody: 1 } });
    const shape: CallShape = { method: 'GET', path: '/brand/a', scheme: 'brand', id: '120344' };
    // The service reads changed merchants within a second.
    await expect.poll(async () => (await call(shape)).status, { timeout: 10_000 }).toBe(200);
    expect(await call({ ...shape, scheme: 'merchant' })).toMatchObject({ status: 401, fault: 'unsigned' });
  });
});

describe('a call that the table has no response for', () => {
  test('gets a signed 404, and the journal proves that its signature was right', async () => {
    const answer = await call({ path: '/v3/nothing', body: '{}', headers: { 'Accept-Language': 'en' } });
    expect(answer).toMatchObject({ status: 404, fault: undefined });
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'NO_RESPONSE' });
    const request = last();
    expect(request).toMatchObject({ outcome: 'NO_RESPONSE', isAuthenticated: true });
    expect(request?.stages.map(({ stage }) => stage)).toEqual([
      ...['identify', 'receive', 'authenticate', 'admit', 'handle', 'respond'],
    ]);
    expect(request?.signedMessage).toMatch(/^POST\n\/v3\/nothing\n\d{10}\n\w{32}\n\{\}\n$/);
    expect(request?.summary()).toMatch(
      /^POST \/v3\/nothing 1900000001 → 404 NO_RESPONSE — The signature is right, and this sandbox has no response for POST \/v3\/nothing\./,
    );
    expect(request?.mistake?.['zh-CN']).toMatch(/^签名正确，但沙箱没有为 POST \/v3\/nothing 配置应答/);
  });

  test('is an ApiError of the client, with its code', async () => {
    const client = await sandbox.client();
    await expect(client.request('GET', '/v3/nothing')).rejects.toMatchObject({
      ...{ code: 'NO_RESPONSE', status: 404, fromGateway: false },
    });
  });
});

describe('a call is refused by the same stages as an upload, and the response is not signed', () => {
  const CASES: [string, Partial<CallShape>, number, string, string][] = [
    ['no Accept', { headers: { Accept: undefined } }, 400, 'INVALID_REQUEST', 'headersMissing'],
    ['no signature', { headers: { Authorization: undefined } }, 401, 'SIGN_ERROR', 'authorizationMalformed'],
    ['the scheme of brands', { scheme: 'brand' }, 401, 'SIGN_ERROR', 'authorizationTypeUnknown'],
    ['six minutes ago', { skew: -360 }, 401, 'SIGN_ERROR', 'timestampSkewed'],
    ['another serial', { serialNo: '5'.repeat(40) }, 401, 'SIGN_ERROR', 'certificateUnknown'],
    ['another merchant', { id: '1900009999' }, 401, 'SIGN_ERROR', 'certificateUnknown'],
    ['another body', { signed: '{ }' }, 401, 'SIGN_ERROR', 'signatureWrong'],
    [
      'a path without its query',
      { path: '/v3/a?b=1', signedPath: '/v3/a' },
      401,
      'SIGN_ERROR',
      'signatureWrong',
    ],
  ];
  test.each(CASES)('%s', async (_, shape, status, code, refusal) => {
    sandbox.responses.add({ request: { urlPath: '/v3/a' }, response: { jsonBody: 1 } });
    const answer = await call({ path: '/v3/a', body: '{}', ...shape });
    expect(answer).toMatchObject({ status, fault: 'unsigned' });
    expect(JSON.parse(answer.text)).toMatchObject({ code });
    expect(last()).toMatchObject({ outcome: code, refusal, isAuthenticated: false });
  });

  test('a nonce that was used', async () => {
    sandbox.responses.add({ request: { urlPath: '/v3/a' }, response: { jsonBody: 1 } });
    const shape = { path: '/v3/a', body: '{}', nonce: 'a'.repeat(32) };
    expect(await call(shape)).toMatchObject({ status: 200 });
    expect(await call(shape)).toMatchObject({ status: 401, fault: undefined });
    expect(last()).toMatchObject({ outcome: 'SIGN_ERROR', refusal: 'nonceReplayed' });
  });

  test('more than 1 MiB', async () => {
    const answer = await call({ path: '/v3/a', body: Buffer.alloc(1024 * 1024 + 1, 0x20) });
    expect(answer).toMatchObject({ status: 413, fault: 'unsigned' });
    expect(last()).toMatchObject({ outcome: 'PARAM_ERROR', refusal: 'bodyTooLarge' });
  });

  test('what was a route before is one still: methods of the upload, and a form to a mistaken path', async () => {
    expect(await call({ method: 'GET', path: UPLOAD })).toMatchObject({ status: 405, text: '' });
    expect(await call({ path: '/v3/certificates', body: '{}' })).toMatchObject({ status: 405, text: '' });
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
    expect(await call({ path: `${UPLOAD}s`, body: '--x--', headers })).toMatchObject({
      status: 404,
      text: '',
    });
    expect(last()).toMatchObject({
      outcome: 'NO_ROUTE',
      mistake: { en: expect.stringContaining(`images are uploaded to ${UPLOAD}`) },
    });
  });
});

describe('creating a coupon', () => {
  let imageUrl: string;
  beforeEach(async () => {
    const client = await sandbox.client();
    ({ imageUrl } = await client.uploadImage(PICTURE));
  });

  const coupon = (display: object = {}, more: object = {}) =>
    call({
      path: COUPONS,
      body: JSON.stringify({
        ...{
          out_request_no: 'request-1',
          brand_id: '120344',
          scope: 'ALL',
          type: 'NORMAL',
          usage_mode: 'SINGLE',
        },
        display_info: { name: 'Summer sale', image_url: imageUrl, ...display },
        stock: { remark: 'first' },
        ...more,
      }),
      headers: { 'Accept-Language': 'en' },
    });

  test('gives its id, what was asked for, and the state of coupon and stock', async () => {
    const answer = await coupon({ background_url: imageUrl, detail_image_url_list: [imageUrl] });
    expect(answer).toMatchObject({ status: 200, fault: undefined });
    const body: unknown = JSON.parse(answer.text);
    expect(body).toMatchObject({
      ...{ product_coupon_id: '1000000001', brand_id: '120344', scope: 'ALL', state: 'EFFECTIVE' },
      stock: { stock_id: '10000000011', product_coupon_id: '1000000001', remark: 'first' },
    });
    expect(body).not.toHaveProperty('out_request_no');
  });

  test('a repeated out_request_no creates no second coupon, and other parameters are refused', async () => {
    const first = await coupon();
    expect((await coupon()).text).toBe(first.text);
    const other = await coupon({ name: 'Winter sale' });
    expect(other).toMatchObject({ status: 400, fault: undefined });
    expect(JSON.parse(other.text)).toMatchObject({ code: 'INVALID_REQUEST' });
    const second = await coupon({}, { out_request_no: 'request-2' });
    expect(JSON.parse(second.text)).toMatchObject({ product_coupon_id: '1000000002' });
  });

  const FOREIGN = 'https://example.com/a.png';
  type Changes = (url: string) => { display?: object; more?: object };
  const CASES: [string, Changes, string, RegExp][] = [
    [
      'a foreign icon',
      () => ({ display: { image_url: FOREIGN } }),
      '/body/display_info/image_url',
      /its URLs begin with http/,
    ],
    [
      'a foreign background',
      () => ({ display: { background_url: FOREIGN } }),
      '/body/display_info/background_url',
      /Wrong: \/body\/display_info\/background_url$/,
    ],
    [
      'the second detail image',
      (url) => ({ display: { detail_image_url_list: [url, FOREIGN] } }),
      '/body/display_info/detail_image_url_list/1',
      /Wrong: \/body\/display_info\/detail_image_url_list\/1$/,
    ],
    [
      'the image of a choice',
      () => ({ display: { combo_package_list: [{ choice_list: [{ image_url: FOREIGN }] }] } }),
      '/body/display_info/combo_package_list/0/choice_list/0/image_url',
      /gave/,
    ],
    [
      'the cover of a video',
      () => ({ more: { stock: { entrance_finder: { finder_video_cover_image_url: FOREIGN } } } }),
      '/body/stock/entrance_finder/finder_video_cover_image_url',
      /gave/,
    ],
    [
      'an image that was never uploaded',
      (url) => ({ display: { image_url: url.replace(/[0-9a-f]{64}/, '0'.repeat(64)) } }),
      '/body/display_info/image_url',
      /no image/,
    ],
    [
      'its URL with another suffix',
      (url) => ({ display: { image_url: url.replace(/png$/, 'jpg') } }),
      '/body/display_info/image_url',
      /no image/,
    ],
    ['a number', () => ({ display: { image_url: 1 } }), '/body/display_info/image_url', /not a text/],
    [
      'no icon',
      () => ({ display: { image_url: undefined } }),
      '/body/display_info/image_url',
      /is required$/,
    ],
    ['no display_info', () => ({ more: { display_info: undefined } }), '/body/display_info', /JSON object/],
    ['a short request number', () => ({ more: { out_request_no: 'a' } }), '/body/out_request_no', /6 to 40/],
    [
      'nine detail images',
      (url) => ({ display: { detail_image_url_list: Array.from({ length: 9 }, () => url) } }),
      '/body/display_info/detail_image_url_list',
      /at most 8/,
    ],
  ];
  test.each(CASES)('%s is refused by its name', async (_, changes, field, message) => {
    const { display, more } = changes(imageUrl);
    const answer = await coupon(display, more);
    expect(answer).toMatchObject({ status: 400, fault: undefined });
    expect(JSON.parse(answer.text)).toMatchObject({
      ...{ code: 'PARAM_ERROR', message: expect.stringMatching(message) },
      detail: { field, location: 'body' },
    });
    expect(answer.headers['request-id']).toMatch(/-268435461$/);
    expect(last()).toMatchObject({ outcome: 'PARAM_ERROR', isAuthenticated: true });
    expect(last()?.mistake?.en).toMatch(message);
  });

  test.each([
    ['not JSON', '{"a":'],
    ['a list', '[]'],
    [
      'nested without end',
      `{"out_request_no":"request-1","display_info":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
    ],
  ])('a body that is %s', async (_, body) => {
    expect(await call({ path: COUPONS, body })).toMatchObject({ status: 400, fault: undefined });
    expect(last()).toMatchObject({ outcome: 'PARAM_ERROR' });
  });

  test('an extra field that is nested without end', async () => {
    const deep = '['.repeat(1e5) + ']'.repeat(1e5);
    const body = `{"out_request_no":"request-1","display_info":{"image_url":"${imageUrl}"},"a":${deep}}`;
    expect(await call({ path: COUPONS, body })).toMatchObject({ status: 400, fault: undefined });
    expect(last()?.sensitiveFields).toEqual([]);
  });
});

describe('sensitive fields', () => {
  const encrypted = (key: string) => encryptField('张三', loadPublicKey(readFileSync(key, 'utf8')));

  test('are opened with the key that Wechatpay-Serial names', async () => {
    const client = await sandbox.client();
    const path = '/v3/transfers';
    await client
      .request('POST', path, (encrypt) => ({ list: [{ user_name: encrypt('张三') }] }))
      .catch(() => {});
    expect(last()?.sensitiveFields).toEqual([
      { field: '/list/0/user_name', value: '张三', fault: undefined },
    ]);
    const response = await fetch(`${sandbox.credentials.baseUrl}/sandbox/requests/${last()?.number}`);
    expect(await response.json()).toMatchObject({
      isAuthenticated: true,
      sensitiveFields: [{ field: '/list/0/user_name', value: '张三' }],
    });
  });

  const CASES: [string, string | undefined, RegExp][] = [
    ['no Wechatpay-Serial', undefined, /has no Wechatpay-Serial/],
    ['a key that is not ours', 'PUB_KEY_ID_0100000000000000000000000000', /not one of this sandbox/],
    ['the certificate, encrypted with the public key', 'CERTIFICATE', /not encrypted with the key/],
  ];
  test.each(CASES)('%s: says why they stay closed', async (_, serial, why) => {
    const { platformCertificateSerialNo, wechatPayPublicKeyPath } = sandbox.credentials;
    const headers = { 'Wechatpay-Serial': serial === 'CERTIFICATE' ? platformCertificateSerialNo : serial };
    await call({ path: '/v3/a', body: JSON.stringify({ name: encrypted(wechatPayPublicKeyPath) }), headers });
    expect(last()?.sensitiveFields).toMatchObject([{ field: '/name', value: undefined }]);
    expect(last()?.sensitiveFields[0]?.fault?.en).toMatch(why);
  });
});

describe('/sandbox/responses', () => {
  const send = async (method: string, body?: unknown, at = '') => {
    const init = { method, headers: { 'Content-Type': 'application/json' } };
    const url = `${sandbox.credentials.baseUrl}/sandbox/responses${at}`;
    const response = await fetch(url, {
      ...init,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };

  test('adds, lists and removes rules; the coupon stays', async () => {
    const rule = { name: 'a', request: { urlPath: '/v3/a' }, response: { jsonBody: 1 } };
    const added = await send('POST', { mappings: [rule, rule] });
    expect(added).toMatchObject({ status: 201, body: { ids: [expect.any(Number), expect.any(Number)] } });
    expect((await call({ method: 'GET', path: '/v3/a' })).text).toBe('1');
    const listed = await send('GET');
    expect(listed.body).toMatchObject({
      responses: [{ ...rule, used: 1 }, { ...rule, used: 0 }, { isBuiltIn: true }, { isBuiltIn: true }],
    });
    const { ids } = added.body as { ids: number[] };
    expect(await send('DELETE', undefined, `/${ids[1]}`)).toMatchObject({ status: 204 });
    expect(await send('DELETE', undefined, '/1')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await send('DELETE')).toMatchObject({ status: 204 });
    expect((await send('GET')).body).toMatchObject({ responses: [{ isBuiltIn: true }, { isBuiltIn: true }] });
  });

  test.each([
    ['no JSON', '{', 400, 'the body is not JSON'],
    ['a misspelt key', { request: { urlPaht: '/v3/a' }, response: {} }, 400, 'did you mean urlPath?'],
    ['more than 1 MiB', 'x'.repeat(1024 * 1024 + 1), 413, 'longer than 1 MiB'],
  ])('refuses %s in one line', async (_, body, status, message) => {
    expect(await send('POST', body)).toMatchObject({
      ...{ status, body: { code: 'RESPONSES', message: expect.stringContaining(message) } },
    });
  });

  test('web pages are refused', async () => {
    const { baseUrl } = sandbox.credentials;
    const url = `${baseUrl}/sandbox/responses`;
    const form = await fetch(url, { method: 'POST', body: new URLSearchParams({ a: 'b' }) });
    expect(form.status).toBe(415);
    const foreign = await fetch(url, { headers: { Origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
  });
});

test('sandbox --responses FILE responds by the file; a wrong file is named in one line', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'responses.json');
  await writeFile(file, JSON.stringify([{ request: { urlPath: '/v3/a' }, response: { jsonBody: 1 } }]));
  const data = path.join(folder, 'data');
  const running = startCouponMedia(
    '--lang',
    'en',
    'sandbox',
    '--data',
    data,
    '--port',
    '0',
    '--responses',
    file,
  );
  await running.prints('Ctrl-C');
  const credentials = JSON.parse(readFileSync(path.join(data, 'credentials.json'), 'utf8'));
  const keys = { ...credentials, privateKeyPath: path.join(data, credentials.privateKeyPath) };
  for (const name of ['wechatPayPublicKeyPath', 'platformCertificatePath'])
    keys[name] = path.join(data, credentials[name]);
  expect(await signedCall(keys, { method: 'GET', path: '/v3/a' })).toMatchObject({ status: 200, text: '1' });
  await running.stop();
  await writeFile(file, JSON.stringify({ mappings: [{ request: { urlPath: '/v3/a' }, respons: {} }] }));
  expect(await couponMedia('--lang', 'en', 'sandbox', '--data', data, '--responses', file)).toEqual({
    code: 3,
    stdout: '',
    stderr: `coupon-media: ${file}: responses: mappings[0].respons: there is no such key; did you mean response? There are name, request, response\n`,
  });
  await writeFile(file, '{');
  expect(await couponMedia('--lang', 'en', 'sandbox', '--data', data, '--responses', file)).toMatchObject({
    ...{ code: 3, stderr: `coupon-media: ${file} is not JSON\n` },
  });
});
