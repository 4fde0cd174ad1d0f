import { randomBytes } from 'node:crypto';
import { createSigner, requestMessage } from '@coupon-media/apiv3';
import { ApiError, adviceOn, createClient, ForgedResponseError } from '@coupon-media/client';
import { describe, expect, test } from 'vitest';
import { png } from './images.js';
import {
  type Behaviour,
  type CannedResponse,
  IMAGE_URL,
  makeKeyPair,
  optionsFor,
  PUBLIC_KEY_ID,
  platform,
  respond,
  startService,
} from './service.js';

/** The result of an upload with one response. */
async function outcome(response: CannedResponse): Promise<unknown> {
  const service = await startService(response);
  return createClient(optionsFor(service, { retries: 0 }))
    .uploadImage(png())
    .catch((error: unknown) => error);
}

const now = () => Math.floor(Date.now() / 1000);
const stranger = makeKeyPair();
const signature = (text: string): CannedResponse => ({ headers: { 'Wechatpay-Signature': text } });

/** Contract 3.6 and 3.7: every way in which a response can be forged. */
const forgeries: [string, string, () => CannedResponse][] = [
  ['no signature headers at all', 'unsigned', () => ({ signer: false })],
  ['no Wechatpay-Signature', 'unsigned', () => ({ headers: { 'Wechatpay-Signature': undefined } })],
  ['no Wechatpay-Serial', 'unsigned', () => ({ headers: { 'Wechatpay-Serial': undefined } })],
  ['no Wechatpay-Timestamp', 'unsigned', () => ({ headers: { 'Wechatpay-Timestamp': undefined } })],
  ['no Wechatpay-Nonce', 'unsigned', () => ({ headers: { 'Wechatpay-Nonce': undefined } })],
  ['an empty Wechatpay-Nonce', 'unsigned', () => ({ headers: { 'Wechatpay-Nonce': '' } })],
  [
    'a header that stands twice',
    'unsigned',
    () => ({ headers: { 'Wechatpay-Serial': [PUBLIC_KEY_ID, PUBLIC_KEY_ID] } }),
  ],
  ['300 s behind', 'stale', () => ({ timestamp: now() - 301 })],
  ['300 s ahead', 'stale', () => ({ timestamp: now() + 301 })],
  ['a timestamp that is not a number', 'stale', () => ({ headers: { 'Wechatpay-Timestamp': 'soon' } })],
  ['an unknown serial', 'unknownKey', () => ({ signer: createSigner('PUB_KEY_ID_9', platform.privateKey) })],
  [
    'our id, another key',
    'signatureWrong',
    () => ({ signer: createSigner(PUBLIC_KEY_ID, stranger.privateKey) }),
  ],
  [
    'another timestamp than signed',
    'signatureWrong',
    () => ({ headers: { 'Wechatpay-Timestamp': String(now() + 5) } }),
  ],
  ['another nonce than signed', 'signatureWrong', () => ({ headers: { 'Wechatpay-Nonce': '0'.repeat(32) } })],
  ['a signature of chance', 'signatureWrong', () => signature(randomBytes(256).toString('base64'))],
  ['a signature that is not base64', 'signatureWrong', () => signature('!')],
  ['a probe of the live service', 'signatureWrong', () => signature(`WECHATPAY/SIGNTEST/${'A'.repeat(325)}`)],
];

describe('a 2xx response that is not proven is not believed', () => {
  test.each(forgeries)('%s: %s', async (_, fault, response) => {
    const error = await outcome(response());
    expect(error).toBeInstanceOf(ForgedResponseError);
    expect(error).toMatchObject({ code: 'RESPONSE_FORGED', fault, status: 200, rawBody: expect.any(Buffer) });
  });

  test('a body changed by one byte', async () => {
    const changed = JSON.stringify({ image_url: IMAGE_URL.replace('1.png', '2.png') });
    const { 'Wechatpay-Signature': taken, ...others } = await signedHeaders();
    expect(
      await outcome({ body: changed, signer: false, headers: { ...others, 'Wechatpay-Signature': taken } }),
    ).toMatchObject({
      code: 'RESPONSE_FORGED',
      fault: 'signatureWrong',
    });
  });

  test('within 299 s it is', async () => {
    expect(await outcome({ timestamp: now() - 298 })).toMatchObject({ imageUrl: IMAGE_URL });
    expect(await outcome({ timestamp: now() + 298 })).toMatchObject({ imageUrl: IMAGE_URL });
  });
});

/** The headers of a genuine response. */
async function signedHeaders(): Promise<Record<string, string>> {
  const service = await startService();
  const { headers } = await createClient(optionsFor(service)).request('GET', '/v3/x');
  const names = ['Wechatpay-Timestamp', 'Wechatpay-Nonce', 'Wechatpay-Serial', 'Wechatpay-Signature'];
  return Object.fromEntries(names.map((name) => [name, String(headers[name.toLowerCase()])]));
}

describe('a proven response without content', () => {
  test.each([
    ['no JSON', 'OK'],
    ['no image_url', '{}'],
    ['an image_url of another type', '{"image_url":7}'],
    ['an empty image_url', '{"image_url":""}'],
    ['null', 'null'],
    ['nothing', ''],
  ])('%s', async (_, body) => {
    expect(await outcome({ body })).toMatchObject({
      code: 'RESPONSE_MALFORMED',
      name: 'MalformedResponseError',
    });
  });
});

describe('a refusal is reported as a refusal', () => {
  const body = '{"code":"PARAM_ERROR","message":"图片sha256值有误","detail":{"field":"sha256"}}';

  test('with everything it says', async () => {
    const error = await outcome({ status: 400, body, headers: { 'Request-ID': '08F78BB4AF06-268435461' } });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      name: 'ApiError',
      status: 400,
      code: 'PARAM_ERROR',
      message: '图片sha256值有误',
      detail: { field: 'sha256' },
      requestId: '08F78BB4AF06-268435461',
      number: 268435461,
      verified: true,
      rawBody: Buffer.from(body),
      headers: { 'wechatpay-serial': PUBLIC_KEY_ID },
      attempt: 1,
    });
  });

  test.each(forgeries)('also with %s', async (_, __, response) => {
    expect(await outcome({ ...response(), status: 400, body })).toMatchObject({
      code: 'PARAM_ERROR',
      status: 400,
      verified: false,
    });
  });

  test.each([
    ['HTML of a proxy', 502, '<html>Bad Gateway</html>', 'HTTP_502'],
    ['an empty 404', 404, '', 'HTTP_404'],
    ['JSON cut short', 500, '{"code":"SYSTEM', 'HTTP_500'],
    ['JSON of another shape', 400, '[1]', 'HTTP_400'],
    ['null', 400, 'null', 'HTTP_400'],
    ['a code that is not text', 400, '{"code":7}', 'HTTP_400'],
    ['a redirection, which is not followed', 302, '', 'HTTP_302'],
    ['a code nobody knows', 403, '{"code":"NEW_CODE"}', 'NEW_CODE'],
  ])('%s', async (_, status, text, code) => {
    const error = await outcome({ status, body: text, signer: false, headers: { Location: '/elsewhere' } });
    expect(error).toMatchObject({ status, code, verified: false, rawBody: Buffer.from(text) });
    expect((error as Error).message).not.toBe('');
  });

  test.each([
    ['7', 7],
    [
      new Date(Date.now() + 600_000).toUTCString(),
      expect.toSatisfy((seconds: number) => seconds > 300 && seconds <= 600),
    ],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['later', undefined],
  ])('Retry-After %s', async (value, retryAfter) => {
    const error = await outcome({ status: 429, body: '{}', headers: { 'Retry-After': value } });
    expect(error).toMatchObject({ code: 'HTTP_429', retryAfter });
  });
});

test('a response without end is not taken in', async () => {
  const service = await startService((_, response) => {
    const more = () => response.write(Buffer.alloc(1 << 20), () => setImmediate(more));
    more();
  });
  await expect(createClient(optionsFor(service, { retries: 0 })).uploadImage(png())).rejects.toMatchObject({
    code: 'NETWORK_FAILED',
    message: expect.stringContaining('more than'),
  });
});

describe('a SIGN_ERROR is explained', () => {
  const signError = (detail: object = {}): CannedResponse => ({
    status: 401,
    body: JSON.stringify({ code: 'SIGN_ERROR', message: '错误的签名，验签失败', detail }),
  });

  /** The refusal of an upload with this clock. */
  async function refused(reply: Behaviour, ahead = 0): Promise<ApiError> {
    const service = await startService(reply);
    const client = createClient(optionsFor(service, { effects: { now: () => Date.now() + ahead } }));
    const error: unknown = await client.uploadImage(png()).catch((caught: unknown) => caught);
    if (!(error instanceof ApiError)) throw error;
    return error;
  }

  test("a clock that is off, by the response's Date", async () => {
    const error = await refused(signError(), 600_000);
    expect(error).toMatchObject({ code: 'SIGN_ERROR', findings: [{ mistake: 'clockOff', certain: true }] });
    expect(adviceOn(error).remedy).toEqual(error.findings[0]?.remedy);
  });

  test('a URL rewritten on its way, by what the service verified', async () => {
    const error = await refused((received, response) => {
      const { timestamp = '', nonce = '' } = received.authorization ?? {};
      const message = requestMessage({
        method: 'POST',
        url: `/proxied${received.url}`,
        timestamp,
        nonce,
        body: '{"fi',
      });
      const sign_information = {
        method: 'POST',
        url: `/proxied${received.url}`,
        sign_message_length: message.length,
        truncated_sign_message: message.subarray(0, -1).toString(),
      };
      return respond(response, received, signError({ sign_information }));
    });
    expect(error.findings.map(({ mistake }) => mistake)).toContain('urlRewritten');
  });

  test('a right signature, so that the certificate is looked at', async () => {
    const error = await refused(signError());
    expect(error.findings).toMatchObject([{ mistake: 'signatureRight' }]);
    expect(adviceOn(error).remedy).toEqual(error.findings[0]?.remedy);
    const expired = await refused({
      status: 401,
      body: '{"code":"SIGN_ERROR","message":"商户证书已过期。请更换"}',
    });
    expect(adviceOn(expired).meaning.en).toMatch(/has expired/);
  });

  test.each([
    ['nonsense in its detail', signError({ sign_information: 7 }), 'signatureRight'],
    [
      'a detail of another form',
      { status: 401, body: '{"code":"SIGN_ERROR","detail":"x"}' },
      'signatureRight',
    ],
    ['another code', { status: 400, body: '{"code":"PARAM_ERROR"}' }, undefined],
  ])('%s does no harm', async (_, reply, mistake) => {
    expect((await refused(reply)).findings[0]?.mistake).toBe(mistake);
  });
});
