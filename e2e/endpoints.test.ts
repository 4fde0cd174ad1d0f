import { readFileSync } from 'node:fs';
import { IMAGE_BYTES_LIMIT, type UploadEndpoint, uploadEndpoint, uploadEndpoints } from '@coupon-media/apiv3';
import { type Client, createClient } from '@coupon-media/client';
import { addMerchant, openEmbeddedMerchants } from '@coupon-media/server';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Exchange, PNG, png, send, sha256, signedUpload, type UploadShape } from './support/exchange.js';
import { expectRefusal, expectUnsigned } from './support/refusal.js';
import { changeMerchant, type TestSandbox, testSandbox } from './support/sandbox.js';

const BRAND_ID = '4000001';
const BRAND_PATH = uploadEndpoint('brand-product-coupon').path;

let sandbox: TestSandbox;
let clients: Record<'merchant' | 'brand', Client>;
beforeAll(async () => {
  sandbox = await testSandbox();
  await addBrand();
  clients = { merchant: client({ mchid: sandbox.credentials.mchid }), brand: client({ brandId: BRAND_ID }) };
  const known = async () => (await upload(uploadEndpoint('brand-product-coupon'))).status === 200;
  await vi.waitUntil(known, { timeout: 10_000 });
});
afterAll(async () => {
  await Promise.all(Object.values(clients).map((each) => each.close()));
  await sandbox.end();
});

describe.each(uploadEndpoints)('$path (contract 7.1)', (endpoint) => {
  const { responseField, filenameLimit, scheme } = endpoint;

  test('responds with its one field', async () => {
    const answer = await upload(endpoint);
    expect(answer).toMatchObject({ status: 200, fault: undefined });
    const { baseUrl } = sandbox.credentials;
    const url = `${baseUrl}/images/${sha256(PNG)}.png`;
    expect(JSON.parse(answer.text)).toEqual({
      [responseField]: responseField === 'media_id' ? sha256(PNG) : url,
    });
  });

  test('responds with the headers of contract 3.2', async () => {
    const { headers } = await upload(endpoint);
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/json/),
      'content-language': 'zh-CN',
      'cache-control': 'no-cache, must-revalidate',
      'x-content-type-options': 'nosniff',
      'request-id': expect.stringMatching(/^[0-9A-F]{32}-0$/),
      'wechatpay-nonce': expect.stringMatching(/^[0-9a-f]{32}$/),
      'wechatpay-timestamp': expect.stringMatching(/^\d{10}$/),
      'wechatpay-signature': expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/),
      'wechatpay-serial': sandbox.credentials.wechatPayPublicKeyId,
    });
  });

  test('signs its responses in its own scheme', async () => {
    const type = { merchant: 'WECHATPAY2-SHA256-RSA2048', brand: 'WECHATPAY-BRAND-SHA256-RSA2048' }[scheme];
    expect((await upload(endpoint)).headers['wechatpay-signature-type']).toBe(type);
  });

  test('accepts an upload of the client', async () => {
    const result = await clients[scheme].uploadImage(PNG, { endpoint: endpoint.name });
    const given = 'mediaId' in result ? result.mediaId : result.imageUrl;
    expect(result.sha256).toBe(sha256(PNG));
    expect(given).toContain(sha256(PNG));
  });

  test(`accepts a filename of up to ${filenameLimit} characters`, async () => {
    const name = (length: number) => `${'图'.repeat(length - 4)}.PNG`;
    expect((await upload(endpoint, { filename: name(filenameLimit) })).status).toBe(200);
    expectRefusal(await upload(endpoint, { filename: name(filenameLimit + 1) }), 'filenameTooLong');
  });

  test('accepts up to 2 MiB', async () => {
    const most = png(1, 1, Buffer.alloc(IMAGE_BYTES_LIMIT - 33));
    expect((await upload(endpoint, { file: most })).status).toBe(200);
    expectRefusal(await upload(endpoint, { file: Buffer.concat([most, Buffer.of(0)]) }), 'fileTooLarge');
  });

  test('refuses the other scheme: mixing them is the commonest 401 (contract 2.10)', async () => {
    const other = scheme === 'brand' ? 'merchant' : 'brand';
    const answer = await upload(endpoint, { scheme: other });
    expectRefusal(answer, 'authorizationTypeUnknown');
    expectUnsigned(answer);
  });

  test('does not know the callers of the other scheme, who sign in their own', async () => {
    const stranger = scheme === 'brand' ? sandbox.credentials.mchid : BRAND_ID;
    expectRefusal(await upload(endpoint, { mchid: stranger }), 'certificateUnknown');
  });
});

test.each([undefined, ''])(
  'a brand that sends Wechatpay-Serial %j gets a 400 that names the header',
  async (serial) => {
    const answer = await upload(uploadEndpoint('brand-product-coupon'), {
      headers: { 'Wechatpay-Serial': serial },
    });
    expectRefusal(answer, 'brandSerialMissing', { field: 'Wechatpay-Serial', location: 'header' });
    expectUnsigned(answer);
  },
);

test('only product coupons require the permission for them', async () => {
  await changeMerchant(sandbox, { productCoupon: false });
  await expect.poll(async () => (await upload(uploadEndpoint('product-coupon'))).status).toBe(403);
  const statuses = uploadEndpoints
    .filter(({ scheme }) => scheme === 'merchant')
    .map(async (endpoint) => [endpoint.name, (await upload(endpoint)).status]);
  expect(await Promise.all(statuses)).toEqual([
    ['product-coupon', 403],
    ['favor', 200],
    ['merchant-media', 200],
    ['merchant-service', 200],
  ]);
  await changeMerchant(sandbox, { productCoupon: true });
});

test('the client separates the schemes before it sends anything', async () => {
  await expect(clients.merchant.uploadImage(PNG, { endpoint: 'brand-product-coupon' })).rejects.toMatchObject(
    {
      code: 'OPTION_INVALID',
    },
  );
  await expect(clients.brand.uploadImage(PNG, { endpoint: 'favor' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
  // The default of a brand is its own endpoint.
  expect(await clients.brand.uploadImage(PNG)).toMatchObject({ sha256: sha256(PNG) });
});

test('query parameters are signed with the path', async () => {
  const favor = uploadEndpoint('favor');
  const answer = await upload(favor, { path: `${favor.path}?a=1&b=%E5%9B%BE` });
  expect(answer).toMatchObject({ status: 200, fault: undefined });
});

async function upload({ path, scheme }: UploadEndpoint, shape: UploadShape = {}): Promise<Exchange> {
  const caller = path === BRAND_PATH ? { mchid: BRAND_ID } : {};
  return send(
    sandbox.credentials,
    await signedUpload(sandbox.credentials, { path, scheme, ...caller, ...shape }),
  );
}

/** The certificate of the sandbox, also used for a brand. */
async function addBrand(): Promise<void> {
  const { folder, credentials } = sandbox;
  const records = await openEmbeddedMerchants({ folder });
  const certificatePem = readFileSync(credentials.certificatePath, 'utf8');
  await addMerchant(
    records,
    { id: BRAND_ID, scheme: 'brand', certificatePem },
    Math.floor(Date.now() / 1000),
  );
  await records.close();
}

function client(caller: { mchid: string } | { brandId: string }): Client {
  const { baseUrl, certificateSerialNo, privateKeyPath, wechatPayPublicKeyId, wechatPayPublicKeyPath } =
    sandbox.credentials;
  return createClient({
    baseUrl,
    ...caller,
    certificateSerialNo,
    privateKeyPath,
    wechatPayPublicKeys: [{ id: wechatPayPublicKeyId, publicKeyPath: wechatPayPublicKeyPath }],
  });
}
