require('@coupon-media/sandbox/jest');
const { startInSandbox } = require('../in-sandbox.js');
const { PICTURE, SHA256 } = require('../picture.js');

let shop, sandbox;
beforeAll(async () => {
  shop = await startInSandbox();
  sandbox = shop.sandbox;
});
afterAll(() => shop.stop());
afterEach(() => sandbox.reset());

test('a picture becomes a coupon that shows it', async () => {
  const coupon = await shop.post('tea-0001', PICTURE);
  expect(coupon).toMatchObject({
    status: 201,
    couponId: '1000000001',
    createdAt: '2030-01-01T00:00:00.000Z',
  });
  expect(sandbox).toHaveReceivedUpload({ filename: 'tea-0001.png', sha256: SHA256, times: 1 });
  const call = sandbox.requests.at(-1);
  expect(JSON.parse(call.body)).toMatchObject({
    brand_id: '120344',
    display_info: { image_url: coupon.imageUrl },
  });
});

test('a shop that repeats its request gets the same coupon, and WeChat Pay hears of it once', async () => {
  const coupon = await shop.post('tea-0002', PICTURE);
  expect(await shop.post('tea-0002', PICTURE)).toEqual({ ...coupon, status: 200 });
  expect(sandbox.requests).toHaveLength(2);
});

test('429 twice, and the third attempt is accepted', async () => {
  sandbox.faults.add({ response: { refusal: 'rateExceeded', retryAfter: 2 }, count: 2 });
  expect(await shop.post('tea-0003', PICTURE)).toMatchObject({ status: 201 });
  expect(sandbox.requests.map(({ response }) => response.status)).toEqual([429, 429, 200, 200]);
  expect(sandbox).toHaveReceivedUpload({ filename: 'tea-0003.png', times: 1 });
});

test('429 for longer: the shop is asked to come again, and nothing is stored', async () => {
  sandbox.faults.add({ response: { refusal: 'rateExceeded' } });
  expect(await shop.post('tea-0004', PICTURE)).toMatchObject({ status: 503, retryAfter: '60' });
  expect(sandbox).not.toHaveReceivedUpload();
  expect(shop.coupons.get('tea-0004')).toBeUndefined();
});

test('a forged response is not believed: no coupon gets its URL', async () => {
  sandbox.faults.add({ request: { endpoint: 'product-coupon' }, response: { fault: 'BODY_CHANGED' } });
  expect(await shop.post('tea-0005', PICTURE)).toMatchObject({ status: 502, code: 'RESPONSE_FORGED' });
  expect(sandbox.requests.map(({ url }) => url)).not.toContainEqual(
    expect.stringContaining('product-coupons'),
  );
  expect(shop.coupons.get('tea-0005')).toBeUndefined();
});
