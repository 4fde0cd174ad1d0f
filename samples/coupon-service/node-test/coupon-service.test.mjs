import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertReceivedUpload } from '@coupon-media/sandbox';
import { startInSandbox } from '../in-sandbox.js';
import { PICTURE, SHA256 } from '../picture.js';

let shop, sandbox;
before(async () => {
  shop = await startInSandbox();
  sandbox = shop.sandbox;
});
after(() => shop.stop());
afterEach(() => sandbox.reset());

test('a picture becomes a coupon that shows it', async () => {
  const { imageUrl, ...coupon } = await shop.post('tea-0001', PICTURE);
  const created = { couponId: '1000000001', createdAt: '2030-01-01T00:00:00.000Z' };
  assert.deepEqual(coupon, { status: 201, retryAfter: null, ...created });
  assertReceivedUpload(sandbox, { filename: 'tea-0001.png', sha256: SHA256, times: 1 });
  const call = JSON.parse(sandbox.requests.at(-1).body);
  assert.deepEqual([call.brand_id, call.display_info.image_url], ['120344', imageUrl]);
});

test('a shop that repeats its request gets the same coupon, and WeChat Pay hears of it once', async () => {
  const coupon = await shop.post('tea-0002', PICTURE);
  assert.deepEqual(await shop.post('tea-0002', PICTURE), { ...coupon, status: 200 });
  assert.equal(sandbox.requests.length, 2);
});

test('429 twice, and the third attempt is accepted', async () => {
  sandbox.faults.add({ response: { refusal: 'rateExceeded', retryAfter: 2 }, count: 2 });
  const { status } = await shop.post('tea-0003', PICTURE);
  assert.equal(status, 201);
  assert.deepEqual(
    sandbox.requests.map(({ response }) => response.status),
    [429, 429, 200, 200],
  );
  assertReceivedUpload(sandbox, { filename: 'tea-0003.png', times: 1 });
});

test('429 for longer: the shop is asked to come again, and nothing is stored', async () => {
  sandbox.faults.add({ response: { refusal: 'rateExceeded' } });
  const { status, retryAfter } = await shop.post('tea-0004', PICTURE);
  assert.deepEqual([status, retryAfter], [503, '60']);
  assertReceivedUpload(sandbox, { times: 0 });
  assert.equal(shop.coupons.get('tea-0004'), undefined);
});

test('a forged response is not believed: no coupon gets its URL', async () => {
  sandbox.faults.add({ request: { endpoint: 'product-coupon' }, response: { fault: 'BODY_CHANGED' } });
  const { status, code } = await shop.post('tea-0005', PICTURE);
  assert.deepEqual([status, code], [502, 'RESPONSE_FORGED']);
  assert.ok(!sandbox.requests.some(({ url }) => url.includes('product-coupons')));
  assert.equal(shop.coupons.get('tea-0005'), undefined);
});
