import { type RefusalName, uploadEndpoint } from '@coupon-media/apiv3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type Exchange,
  type SignedUpload,
  send,
  signedUpload,
  type UploadShape,
} from './support/exchange.js';
import { expectRefusal } from './support/refusal.js';
import { changeMerchant, type TestSandbox, testSandbox } from './support/sandbox.js';

/** Mistakes in the order in which they are reported (contract 5.2). */
const MISTAKES: [mistake: string, shape: UploadShape, refusal: RefusalName][] = [
  ['no Accept', { headers: { Accept: undefined } }, 'headersMissing'],
  ['a malformed Authorization', { authorization: 'none' }, 'authorizationMalformed'],
  ['the other type of it', { scheme: 'brand' }, 'authorizationTypeUnknown'],
  ['an old timestamp', { skew: -301 }, 'timestampSkewed'],
  ['an unknown certificate', { serialNo: 'F'.repeat(40) }, 'certificateUnknown'],
  ['a signature over something else', { signed: 'something else' }, 'signatureWrong'],
  ['no permission', {}, 'permissionMissing'],
  ['too many requests', {}, 'rateExceeded'],
  ['a filename that is none', { filename: 'picture.gif' }, 'filenameWrong'],
];

/** Mistakes in parameters: first those of meta, then of the form, then of the image. */
const PARAMETERS: [mistake: string, shape: UploadShape, refusal: RefusalName][] = [
  ['no filename', { filename: '' }, 'parameterMissing'],
  ['a digest of no form', { sha256: 'abc' }, 'digestWrong'],
  ['a part twice', { repeated: 'meta' }, 'partRepeated'],
  ['no picture', { file: Buffer.from('GIF89a') }, 'imageKindUnknown'],
];

let sandbox: TestSandbox;
let used: SignedUpload;
beforeAll(async () => {
  sandbox = await testSandbox();
  used = await signedUpload(sandbox.credentials, { filename: 'picture.gif' });
  expectRefusal(await send(sandbox.credentials, used), 'filenameWrong');
  await changeMerchant(sandbox, { productCoupon: false, quota: 0.0001 });
  await vi.waitUntil(async () => (await upload({})).status === 403, { timeout: 10_000 });
});
afterAll(() => sandbox.end());

describe('of several mistakes the first one is reported', () => {
  test.each(MISTAKES.slice(0, -2))('%s, with all later mistakes', async (mistake, _, refusal) => {
    const first = MISTAKES.findIndex(([name]) => name === mistake);
    expectRefusal(await upload(all(MISTAKES.slice(first))), refusal);
  });

  test('a used nonce, with all later mistakes', async () => {
    expectRefusal(await send(sandbox.credentials, used), 'nonceReplayed');
  });

  test('too many requests before wrong parameters', async () => {
    await changeMerchant(sandbox, { productCoupon: true, quota: 0.0001 });
    const wrong = all(MISTAKES.slice(-1));
    await expect.poll(async () => (await upload(wrong)).status, { timeout: 10_000 }).not.toBe(403);
    // The bucket holds one token.
    await upload(wrong);
    expectRefusal(await upload(wrong), 'rateExceeded');
  });

  test('among parameters: meta, then the form, then the image', async () => {
    const other = await testSandbox();
    for (const [first, [, , refusal]] of PARAMETERS.entries()) {
      const shape = all(PARAMETERS.slice(first));
      expectRefusal(await send(other.credentials, await signedUpload(other.credentials, shape)), refusal);
    }
    await other.end();
  });
});

describe('the language of a response (contract 5.8)', () => {
  beforeAll(async () => {
    await changeMerchant(sandbox, { quota: 0 });
    const unhindered = async () => (await upload({ path: uploadEndpoint('favor').path })).status === 200;
    await vi.waitUntil(unhindered, { timeout: 10_000 });
  });

  test.each([
    [undefined, 'zh-CN'],
    ['', 'zh-CN'],
    ['en', 'en'],
    ['EN', 'en'],
    ['zh-CN', 'zh-CN'],
    ['zh-HK', 'zh-CN'],
    ['zh-TW, en', 'zh-CN'],
    ['*', 'zh-CN'],
    ['de', 'zh-CN'],
    ['de, en;q=0.5', 'en'],
    ['en;q=0.1, zh-CN;q=0.2', 'zh-CN'],
    ['en;q=0', 'zh-CN'],
    ['en-US', 'en'],
    [';;q=,', 'zh-CN'],
  ] as const)('Accept-Language %j results in %s', async (header, language) => {
    const path = uploadEndpoint('favor').path;
    const shape = { path, filename: 'x', headers: { 'Accept-Language': header } };
    expectRefusal(await upload(shape), 'filenameWrong', undefined, language);
    const early = await upload({ ...shape, headers: { ...shape.headers, Accept: undefined } });
    expectRefusal(early, 'headersMissing', undefined, language);
  });

  test('a success states its language as well', async () => {
    const answer = await upload({
      path: uploadEndpoint('favor').path,
      headers: { 'Accept-Language': 'en' },
    });
    expect([answer.status, answer.headers['content-language']]).toEqual([200, 'en']);
  });
});

function all(mistakes: typeof MISTAKES): UploadShape {
  return Object.assign({}, ...mistakes.map(([, shape]) => shape));
}

async function upload(shape: UploadShape): Promise<Exchange> {
  return send(sandbox.credentials, await signedUpload(sandbox.credentials, shape));
}
