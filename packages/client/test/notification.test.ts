import { createSigner, encryptResource, type Signer, signResponse } from '@coupon-media/apiv3';
import { createClient, type IncomingNotification } from '@coupon-media/client';
import { expect, test } from 'vitest';
import { optionsFor, PUBLIC_KEY_ID, platform } from './service.js';

const API_V3_KEY = '0123456789abcdef0123456789ABCDEF';
const client = createClient(optionsFor({ baseUrl: 'http://127.0.0.1:9' }, { apiV3Key: API_V3_KEY }));
const signer = createSigner(PUBLIC_KEY_ID, platform.privateKey);

/** The request that WeChat Pay would send. */
async function notification(apiV3Key = API_V3_KEY, by: Signer = signer) {
  const body = JSON.stringify({
    id: 'EV-2018022511223320873',
    create_time: '2025-08-04T10:34:56+08:00',
    event_type: 'COUPON.USE',
    resource_type: 'encrypt-resource',
    summary: '用券',
    resource: {
      original_type: 'coupon',
      ...encryptResource('{"coupon_code":"1"}', {
        apiV3Key,
        nonce: 'fdasflkja484',
        associatedData: 'coupon',
      }),
    },
  });
  const timestamp = Math.floor(Date.now() / 1000);
  const signed = await signResponse({
    scheme: 'merchant',
    signer: by,
    timestamp,
    nonce: 'n'.repeat(32),
    body,
  });
  return { headers: { ...signed }, body };
}

const lowerCase = (headers: object) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));

test.each([
  [
    'headers of Node and a Buffer',
    ({ headers, body }) => ({ headers: lowerCase(headers), body: Buffer.from(body) }),
  ],
  ['headers of fetch and text', ({ headers, body }) => ({ headers: new Headers(headers), body })],
] satisfies [string, (sent: Awaited<ReturnType<typeof notification>>) => IncomingNotification][])(
  '%s',
  async (_, received) => {
    expect(await client.readNotification(received(await notification()))).toEqual({
      id: 'EV-2018022511223320873',
      createTime: '2025-08-04T10:34:56+08:00',
      eventType: 'COUPON.USE',
      summary: '用券',
      originalType: 'coupon',
      resource: { coupon_code: '1' },
    });
  },
);

test.each([
  ['another APIv3 key', 'undecipherable', async () => notification('x'.repeat(32))],
  [
    'an unknown key',
    'unknownKey',
    async () => notification(API_V3_KEY, { ...signer, keyId: 'PUB_KEY_ID_9' }),
  ],
  ['a changed body', 'signatureWrong', async () => ({ ...(await notification()), body: '{}' })],
  ['no signature', 'unsigned', async () => ({ ...(await notification()), headers: {} })],
])('%s: %s', async (_, fault, sent) => {
  const { headers, body } = await sent();
  await expect(client.readNotification({ headers: lowerCase(headers), body })).rejects.toMatchObject({
    code: 'NOTIFICATION_UNTRUSTED',
    name: 'NotificationError',
    fault,
  });
});

test('parsed JSON is not the raw body, and without an APIv3 key nothing opens', async () => {
  const { headers, body } = await notification();
  const parsed = JSON.parse(body) as string;
  await expect(client.readNotification({ headers: lowerCase(headers), body: parsed })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'body',
  });
  const keyless = createClient(optionsFor({ baseUrl: 'http://127.0.0.1:9' }));
  await expect(keyless.readNotification({ headers: lowerCase(headers), body })).rejects.toMatchObject({
    option: 'apiV3Key',
  });
});
