import { describe, expect, it } from 'vitest';
import {
  createKeyRing,
  createSigner,
  createVerifier,
  loadPrivateKey,
  publicKeyOf,
  type ResponseSignatureHeaders,
  signResponse,
  verifyResponse,
} from '../dist/index.js';
import { readText } from './vectors.js';

const keyId = 'PUB_KEY_ID_0116000000012026112300000000000001';
const key = loadPrivateKey(readText('keys/platform.key.pem'));
const keys = createKeyRing([createVerifier(keyId, publicKeyOf(key))]);
const now = 1795424400;
const body = '{"image_url":"https://example.test/a.png"}';

const signed = (change = {}) =>
  signResponse({
    scheme: 'merchant',
    signer: createSigner(keyId, key),
    timestamp: now,
    nonce: 'd824f2e086d3c1df967785d13fcd22ef',
    body,
    ...change,
  });

const judge = (
  headers: Partial<ResponseSignatureHeaders>,
  { text = body as string | Uint8Array, clock = now } = {},
) => {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const byName: Record<string, string> = Object.fromEntries(lowerCase);
  return verifyResponse({ header: (name) => byName[name], body: text }, keys, clock);
};

describe('a signed response', () => {
  it('has the headers of contract 3.2', async () => {
    expect(await signed()).toEqual({
      'Wechatpay-Timestamp': '1795424400',
      'Wechatpay-Nonce': 'd824f2e086d3c1df967785d13fcd22ef',
      'Wechatpay-Signature': expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/),
      'Wechatpay-Serial': keyId,
      'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
    });
    expect(await signed({ scheme: 'brand' })).toMatchObject({
      'Wechatpay-Signature-Type': 'WECHATPAY-BRAND-SHA256-RSA2048',
    });
  });

  it('is believed', async () => {
    expect(await judge(await signed())).toBeUndefined();
    expect(await judge(await signed(), { text: Buffer.from(body) })).toBeUndefined();
    expect(await judge(await signed({ body: '' }), { text: '' })).toBeUndefined();
  });

  it.each([
    [0, undefined],
    [299, undefined],
    [300, 'stale'],
    [301, 'stale'],
    [86400, 'stale'],
  ])('%d s from the clock, either way: %s (contract 3.6)', async (seconds, fault) => {
    const headers = await signed();
    expect(await judge(headers, { clock: now + seconds })).toBe(fault);
    expect(await judge(headers, { clock: now - seconds })).toBe(fault);
  });

  it.each(['timestamp', 'nonce', 'signature', 'serial'])('is unsigned without its %s', async (name) => {
    const headers = Object.entries(await signed()).filter(
      ([header]) => header.toLowerCase() !== `wechatpay-${name}`,
    );
    expect(await judge(Object.fromEntries(headers))).toBe('unsigned');
  });

  it.each([
    ['stale', 'Wechatpay-Timestamp', 'now'],
    ['stale', 'Wechatpay-Timestamp', '1795424400.0'],
    ['stale', 'Wechatpay-Timestamp', ' 1795424400'],
    ['stale', 'Wechatpay-Timestamp', '0x6b03f4d0'],
    ['stale', 'Wechatpay-Timestamp', '-1795424400'],
    ['stale', 'Wechatpay-Timestamp', '9'.repeat(400)],
    ['signatureWrong', 'Wechatpay-Timestamp', '1795424401'],
    ['signatureWrong', 'Wechatpay-Timestamp', '01795424400'],
    ['signatureWrong', 'Wechatpay-Nonce', 'other'],
    ['signatureWrong', 'Wechatpay-Signature', 'AAAA'],
    ['signatureWrong', 'Wechatpay-Signature', 'no base64!'],
    ['unknownKey', 'Wechatpay-Serial', 'PUB_KEY_ID_0116000000012026112300000000000002'],
    ['unknownKey', 'Wechatpay-Serial', 'constructor'],
  ])('is %s with %s: %s', async (fault, header, value) => {
    expect(await judge({ ...(await signed()), [header]: value })).toBe(fault);
  });

  it('is signatureWrong with another body, and as a probe (contract 3.7)', async () => {
    const headers = await signed();
    const probe = `WECHATPAY/SIGNTEST/${headers['Wechatpay-Signature']}`;
    expect(await judge(headers, { text: `${body} ` })).toBe('signatureWrong');
    expect(await judge({ ...headers, 'Wechatpay-Signature': probe })).toBe('signatureWrong');
  });

  it('is judged by a verifier that answers later, too', async () => {
    const [headers, local] = [await signed(), createVerifier(keyId, publicKeyOf(key))];
    const remote = {
      keyId,
      verify: async (message: Uint8Array, signature: string) => local.verify(message, signature),
    };
    const header = (name: string) =>
      Object.entries(headers).find(([known]) => known.toLowerCase() === name)?.[1] as string | undefined;
    expect(await verifyResponse({ header, body }, createKeyRing([remote]), now)).toBeUndefined();
    expect(await verifyResponse({ header, body: '' }, createKeyRing([remote]), now)).toBe('signatureWrong');
  });
});
