import { describe, expect, it } from 'vitest';
import {
  createSigner,
  createVerifier,
  isRequestTimely,
  loadPrivateKey,
  parseAuthorization,
  publicKeyOf,
  requestMessage,
  signInformation,
  signRequest,
  verifyRequest,
} from '../dist/index.js';
import { readText } from './vectors.js';

const key = loadPrivateKey(readText('keys/merchant.key.pem'));
const serialNo = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
const verifier = createVerifier(serialNo, publicKeyOf(key));
const meta = '{"filename":"图片.png","sha256":"00"}';
const request = {
  method: 'POST',
  url: '/v3/marketing/partner/product-coupon/media/upload-image',
  timestamp: 1795424400,
  nonce: 'Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdo',
  body: meta,
};

async function signed(scheme: 'merchant' | 'brand' = 'merchant') {
  const header = await signRequest({
    ...request,
    scheme,
    id: '1900000001',
    signer: createSigner(serialNo, key),
  });
  const authorization = parseAuthorization(header);
  if (typeof authorization === 'string') throw new Error(authorization);
  return { header, authorization };
}

describe('a signed request', () => {
  it('carries what the verifier needs', async () => {
    const { header, authorization } = await signed();
    expect(header).toMatch(
      /^WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="\w{32}",signature="[\w+/]+={0,2}",timestamp="1795424400",serial_no="\w{40}"$/,
    );
    expect(verifyRequest(authorization, request, verifier)).toBe(true);
    expect(verifyRequest(authorization, { ...request, body: Buffer.from(meta) }, verifier)).toBe(true);
  });

  it('names a brand in its own way', async () => {
    const { header, authorization } = await signed('brand');
    expect(header).toMatch(/^WECHATPAY-BRAND-SHA256-RSA2048 brand_id="1900000001",/);
    expect(verifyRequest(authorization, request, verifier)).toBe(true);
  });

  it.each([
    ['method', { method: 'PUT' }],
    ['url', { url: `${request.url}?a=1` }],
    ['body', { body: meta.replace('00', '01') }],
    ['body, emptied', { body: '' }],
  ])('is refused with another %s', async (_, change) => {
    const { authorization } = await signed();
    expect(verifyRequest(authorization, { ...request, ...change }, verifier)).toBe(false);
  });

  it.each([
    ['timestamp', { timestamp: '1795424401' }],
    ['nonce', { nonce: 'Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdp' }],
  ])('is refused with another %s in the header', async (_, change) => {
    const { authorization } = await signed();
    expect(verifyRequest({ ...authorization, ...change }, request, verifier)).toBe(false);
  });

  it('is not signed at all when the key cannot', async () => {
    const signer = { keyId: serialNo, sign: () => Promise.reject(new Error('the HSM is away')) };
    await expect(signRequest({ ...request, scheme: 'merchant', id: '1', signer })).rejects.toThrow('HSM');
  });
});

describe("a request's timestamp (contract 2.6)", () => {
  it.each([
    [0, true],
    [299, true],
    [300, true],
    [300.5, false],
    [301, false],
    [1e9, false],
  ])('%d s from the clock, either way: %s', (seconds, timely) => {
    expect(isRequestTimely('1795424400', 1795424400 + seconds)).toBe(timely);
    expect(isRequestTimely('1795424400', 1795424400 - seconds)).toBe(timely);
  });

  it('is not timely if it is not a number', () => {
    expect(isRequestTimely('now', 1795424400)).toBe(false);
  });
});

describe('sign_information (contract 5.4)', () => {
  it('counts bytes, and is cut a few characters into the last line', () => {
    const information = signInformation(request);
    expect(information).toEqual({
      method: 'POST',
      url: request.url,
      sign_message_length: requestMessage(request).length,
      truncated_sign_message: `POST\n${request.url}\n1795424400\n${request.nonce}\n{"fil`,
    });
  });

  it('is never cut through a character', () => {
    const { truncated_sign_message } = signInformation({ ...request, body: '{"图片":1}' });
    expect(truncated_sign_message.split('\n').at(-1)).toBe('{"图');
  });

  it.each([
    ['', '\n'],
    ['abc', 'abc\n'],
    ['abcde', 'abcde'],
  ])('of the body %j shows %j', (body, shown) => {
    const { truncated_sign_message } = signInformation({ ...request, body });
    expect(truncated_sign_message.slice(truncated_sign_message.indexOf(request.nonce) + 33)).toBe(shown);
  });
});
