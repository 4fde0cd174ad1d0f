import { readFileSync } from 'node:fs';
import { type RefusalName, refusals, uploadEndpoint } from '@coupon-media/apiv3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Exchange,
  form,
  PNG,
  png,
  send,
  sha256,
  signedUpload,
  type UploadShape,
} from './support/exchange.js';
import { expectRefusal, expectUnsigned } from './support/refusal.js';
import { changeMerchant, type TestSandbox, testSandbox } from './support/sandbox.js';

/** A mistake, the refusal that must follow, and its detail if the contract defines one. */
type Row = [mistake: string, shape: UploadShape, refusal: RefusalName, detail?: object];

const STRANGERS_KEY = readFileSync('vectors/published-merchant-test-key.pem', 'utf8');
const BRAND_AUTHORIZATION = `WECHATPAY-BRAND-SHA256-RSA2048 brand_id="1",nonce_str="0123456789abcdef",signature="AA==",timestamp="1700000000",serial_no="0123456789"`;

const META = `{"filename":"picture.png","sha256":"${sha256(PNG)}"}`;
const WHOLE = form([
  ['meta', META],
  ['file', PNG],
]);
const CUT_SHORT = WHOLE.subarray(0, WHOLE.length - 10);

/** Mistakes that are found before the signature is verified. Their responses are not signed (contract 3.5). */
const UNAUTHENTICATED: Row[] = [
  ['no Accept', { headers: { Accept: undefined } }, 'headersMissing'],
  ['no User-Agent', { headers: { 'User-Agent': undefined } }, 'headersMissing'],
  ['no Authorization', { authorization: undefined }, 'authorizationMalformed'],
  [
    'Authorization without fields',
    { authorization: 'WECHATPAY2-SHA256-RSA2048 x' },
    'authorizationMalformed',
  ],
  ['the brand scheme', { authorization: BRAND_AUTHORIZATION }, 'authorizationTypeUnknown'],
  ['a clock behind', { skew: -310 }, 'timestampSkewed'],
  ['a clock ahead', { skew: 310 }, 'timestampSkewed'],
  ['a wrong serial', { serialNo: 'A'.repeat(40) }, 'certificateUnknown'],
  ['an unknown merchant', { mchid: '1900000002' }, 'certificateUnknown'],
  ['another key', { privateKeyPem: STRANGERS_KEY }, 'signatureWrong'],
  [
    'meta not covered by the signature',
    { signed: '{"filename":"other.png","sha256":""}' },
    'signatureWrong',
    {
      field: 'signature',
      location: 'authorization',
      detail: { issue: 'sign not match' },
      sign_information: expect.objectContaining({
        method: 'POST',
        url: uploadEndpoint('product-coupon').path,
      }),
    },
  ],
  ['the whole upload signed as empty', { signed: '' }, 'signatureWrong'],
  ['no meta part, and nothing signed', { meta: undefined, signed: '' }, 'signatureWrong'],
  ['no form', { headers: { 'Content-Type': 'application/json' }, body: Buffer.from('{}') }, 'signatureWrong'],
  ['an empty body', { body: Buffer.alloc(0) }, 'signatureWrong'],
];

/** Mistakes in the signed part. Their responses are signed like any other. */
const AUTHENTICATED: Row[] = [
  ['a wrong digest', { sha256: sha256(Buffer.from('other')) }, 'digestWrong', { field: '/body/meta/sha256' }],
  ['a digest of three digits', { sha256: 'abc' }, 'digestWrong'],
  ['no digest', { sha256: undefined }, 'parameterMissing', { field: '/body/meta/sha256', location: 'body' }],
  ['a digest that is a number', { sha256: 1 }, 'parameterTypeWrong'],
  ['no filename', { filename: undefined }, 'parameterMissing', { field: '/body/meta/filename' }],
  ['151 characters', { filename: `${'图'.repeat(147)}.png` }, 'filenameTooLong'],
  ['a wrong suffix', { filename: 'picture.gif' }, 'filenameWrong'],
  ['meta that is no JSON', { meta: '{' }, 'metaMalformed'],
  ['no file part', { file: undefined }, 'parameterMissing', { field: '/body/file', location: 'body' }],
  ['an empty file', { file: Buffer.alloc(0) }, 'fileEmpty'],
  ['2 MiB and a byte', { file: png(1, 1, Buffer.alloc(2_097_152 + 1 - 33)) }, 'fileTooLarge'],
  ['wrong magic bytes', { file: Buffer.from('GIF89a and more') }, 'imageKindUnknown'],
  ['a picture cut short', { file: PNG.subarray(0, 20) }, 'imageHeaderBroken'],
  ['no pixels', { file: png(0, 1) }, 'imageSizeImpossible'],
  ['30,001 pixels', { file: png(1, 30_001) }, 'imageSizeImpossible'],
  ['a colour type and a depth that no PNG has', { file: png(1, 1, undefined, 4) }, 'imageColoursImpossible'],
  ['a wrong checksum', { file: Buffer.concat([PNG.subarray(0, 29), Buffer.alloc(4)]) }, 'imageHeaderBroken'],
  ['meta twice', { repeated: 'meta' }, 'partRepeated', { field: '/body/meta' }],
  ['file twice', { repeated: 'file' }, 'partRepeated', { field: '/body/file' }],
  ['a form without its last boundary', { meta: META, body: CUT_SHORT }, 'formMalformed', { field: '/body' }],
];

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});
afterAll(() => sandbox.end());

describe('a mistake before the signature is verified', () => {
  test.each(UNAUTHENTICATED)('%s', async (_, shape, refusal, detail) => {
    for (const answer of await refusedInBothLanguages(shape, refusal, detail)) expectUnsigned(answer);
  });
});

describe('a mistake in the signed part', () => {
  test.each(AUTHENTICATED)('%s', async (_, shape, refusal, detail) => {
    for (const answer of await refusedInBothLanguages(shape, refusal, detail)) {
      expect(answer.fault).toBeUndefined();
    }
  });
});

test('the refusal of a wrong signature contains the verified text, cut within meta (contract 5.4)', async () => {
  const request = await signedUpload(sandbox.credentials, { filename: '图.png', signed: 'something else' });
  const { Authorization = '' } = request.headers;
  const [, nonce, timestamp] = /nonce_str="(\w+)".*timestamp="(\d+)"/.exec(Authorization) ?? [];
  const { path } = uploadEndpoint('product-coupon');
  const meta = JSON.stringify({ filename: '图.png', sha256: sha256(PNG) });
  const message = `POST\n${path}\n${timestamp}\n${nonce}\n${meta}\n`;
  expectRefusal(await send(sandbox.credentials, request), 'signatureWrong', {
    detail: { issue: 'sign not match' },
    field: 'signature',
    location: 'authorization',
    sign_information: {
      method: 'POST',
      url: path,
      sign_message_length: Buffer.byteLength(message),
      truncated_sign_message: message.slice(0, message.indexOf('{') + 5),
    },
  });
});

test('150 characters are accepted, and so are 2 MiB', async () => {
  const answer = await upload({
    filename: `${'图'.repeat(146)}.png`,
    file: png(1, 1, Buffer.alloc(2_097_152 - 33)),
  });
  expect(answer.status).toBe(200);
});

test('the same request again is a replay; the same parameters with a new signature are not', async () => {
  const request = await signedUpload(sandbox.credentials);
  const first = await send(sandbox.credentials, request);
  expect(first).toMatchObject({ status: 200, fault: undefined });
  expectRefusal(await send(sandbox.credentials, request), 'nonceReplayed');
  expect(await upload({})).toMatchObject({ status: 200, text: first.text, fault: undefined });
});

test('without the permission: a signed 403', async () => {
  await changeMerchant(sandbox, { productCoupon: false });
  await expect.poll(async () => (await upload({})).status).toBe(403);
  const answer = await upload({});
  expectRefusal(answer, 'permissionMissing');
  expect(answer.fault).toBeUndefined();
  await changeMerchant(sandbox, { productCoupon: true });
  await expect.poll(async () => (await upload({})).status).toBe(200);
});

test('over the rate: a signed 429 with Retry-After, and the same request passes later', async () => {
  const slow = await testSandbox({ quota: 1 });
  const requests = await Promise.all(Array.from({ length: 4 }, () => signedUpload(slow.credentials)));
  const answers = [];
  for (const request of requests) answers.push(await send(slow.credentials, request));
  const refused = answers.findIndex((answer) => answer.status === 429);
  const [answer, request] = [answers[refused], requests[refused]];
  expect(answer?.headers['retry-after']).toBe('1');
  expectRefusal(answer as Exchange, 'rateExceeded');
  expect(answer?.fault).toBeUndefined();
  // A nonce whose response was 429 is free again (contract 2.9).
  await expect
    .poll(async () => (await send(slow.credentials, request as never)).status, { timeout: 5000 })
    .toBe(200);
  await slow.end();
});

test('the messages exist in English', async () => {
  const answer = await upload({ sha256: 'abc', headers: { 'Accept-Language': 'de, en;q=0.5' } });
  expect(answer.headers['content-language']).toBe('en');
  expect(JSON.parse(answer.text).message).toBe(refusals.digestWrong.message.en);
});

test.each([
  ['POST', '/v4/unknown', 404],
  ['GET', uploadEndpoint('product-coupon').path, 405],
  ['PUT', uploadEndpoint('product-coupon').path, 405],
] as const)('%s %s: %d, empty, with a Request-ID', async (method, path, status) => {
  const answer = await fetch(sandbox.credentials.baseUrl + path, { method });
  expect(answer.status).toBe(status);
  expect(await answer.text()).toBe('');
  expect(answer.headers.get('request-id')).toMatch(/^[0-9A-F]{32}-0$/);
});

async function upload(shape: UploadShape): Promise<Exchange> {
  return send(sandbox.credentials, await signedUpload(sandbox.credentials, shape));
}

/** @returns the responses, which say the same in each language */
async function refusedInBothLanguages(
  shape: UploadShape,
  refusal: RefusalName,
  detail?: object,
): Promise<Exchange[]> {
  const answers = [];
  for (const language of ['zh-CN', 'en'] as const) {
    const headers = { ...shape.headers, 'Accept-Language': language };
    const answer = await upload({ ...shape, headers });
    expectRefusal(answer, refusal, detail, language);
    answers.push(answer);
  }
  return answers;
}
