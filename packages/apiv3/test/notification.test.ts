import { describe, expect, it } from 'vitest';
import {
  createKeyRing,
  createSigner,
  createVerifier,
  encryptResource,
  loadCertificate,
  loadPrivateKey,
  openNotification,
  signResponse,
} from '../dist/index.js';
import { readText, readVectors } from './vectors.js';

interface NotificationVector {
  name: string;
  api_v3_key: string;
  certificate: string;
  headers: Record<string, string>;
  body: string;
  resource: unknown;
}

const [vector] = readVectors<[NotificationVector]>('notifications.json');
const certificate = loadCertificate(readText(vector.certificate));
const keys = createKeyRing([createVerifier(certificate.serialNo, certificate.publicKey)]);
const now = 1795424400;
const apiV3Key = vector.api_v3_key;

function received(body: string, headers: object) {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return { header: (name: string) => byName.get(name), body };
}

/** A body that the platform signed, whatever it holds. */
async function signed(body: string) {
  const signer = createSigner(certificate.serialNo, loadPrivateKey(readText('keys/platform.key.pem')));
  return received(body, await signResponse({ scheme: 'merchant', signer, timestamp: now, nonce: 'n', body }));
}

const open = (message: ReturnType<typeof received>, change = {}) =>
  openNotification(message, { keys, apiV3Key, now, ...change });

describe('a notification', () => {
  it('is opened', async () => {
    expect(await open(received(vector.body, vector.headers))).toEqual({
      id: 'EV-2018022511223320873',
      createTime: '2026-11-23T17:00:00+08:00',
      eventType: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
      originalType: 'transaction',
      resource: vector.resource,
    });
  });

  it.each([
    ['unsigned', { headers: {} }, {}],
    ['stale', {}, { now: now + 300 }],
    ['unknownKey', {}, { keys: createKeyRing([]) }],
    ['signatureWrong', { body: `${vector.body} ` }, {}],
    ['undecipherable', {}, { apiV3Key: 'f'.repeat(32) }],
    ['undecipherable', {}, { apiV3Key: 'too short' }],
  ])('is not believed: %s', async (fault, message, change) => {
    const { body, headers } = { ...vector, ...message };
    await expect(open(received(body, headers), change)).rejects.toMatchObject({
      name: 'UntrustedMessageError',
      code: 'UNTRUSTED_MESSAGE',
      fault,
      message: expect.stringMatching(/^this notification /),
    });
  });

  const resource = (text: string) =>
    encryptResource(text, { apiV3Key, nonce: '0123456789ab', associatedData: '' });
  const whole = { id: '1', create_time: 't', event_type: 'e', summary: 's', resource: resource('{}') };

  it('may come without its original type', async () => {
    expect(await open(await signed(JSON.stringify(whole)))).toEqual({
      id: '1',
      createTime: 't',
      eventType: 'e',
      summary: 's',
      resource: {},
    });
  });

  it.each([
    ['malformed', 'not JSON'],
    ['malformed', 'null'],
    ['malformed', '[]'],
    ['malformed', JSON.stringify({ ...whole, id: 1 })],
    ['malformed', JSON.stringify({ ...whole, summary: undefined })],
    ['malformed', JSON.stringify({ ...whole, resource: resource('not JSON') })],
    ['undecipherable', JSON.stringify({ ...whole, resource: null })],
    ['undecipherable', JSON.stringify({ ...whole, resource: { ...whole.resource, nonce: 'other' } })],
  ])('is %s: %s', async (fault, body) => {
    await expect(open(await signed(body))).rejects.toMatchObject({ fault, cause: expect.any(Error) });
  });
});
