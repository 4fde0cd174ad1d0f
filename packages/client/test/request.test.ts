import { constants, privateDecrypt, publicEncrypt } from 'node:crypto';
import { createSigner } from '@coupon-media/apiv3';
import { createClient } from '@coupon-media/client';
import { describe, expect, test } from 'vitest';
import { png } from './images.js';
import {
  type CannedResponse,
  merchant,
  optionsFor,
  PUBLIC_KEY_ID,
  platform,
  refusal,
  SERIAL_NO,
  startService,
} from './service.js';

async function clientAgainst(...replies: CannedResponse[]) {
  const service = await startService(...replies);
  return { service, client: createClient(optionsFor(service)) };
}

test('GET: the query is signed as sent, the body empty', async () => {
  const { service, client } = await clientAgainst({ body: '{"a":[1]}' });
  const path = '/v3/marketing/x/%E5%88%B8?limit=10&name=a%20b&empty=';
  const { status, body, requestId, rawBody } = await client.request<{ a: number[] }>('GET', path);
  expect({ status, body, text: rawBody.toString() }).toEqual({
    status: 200,
    body: { a: [1] },
    text: '{"a":[1]}',
  });
  expect(requestId).toMatch(/-0$/);
  expect(service.received[0]).toMatchObject({ method: 'GET', url: path, signed: true });
  expect(service.received[0]?.body).toHaveLength(0);
  expect(service.received[0]?.headers['content-type']).toBeUndefined();
});

test.each([
  ['an object', { out_request_no: '1', 名称: '券' }, '{"out_request_no":"1","名称":"券"}'],
  ['a string, unchanged', '{ "a" : 1 }', '{ "a" : 1 }'],
  ['an array', [1], '[1]'],
])('POST: %s', async (_, body, text) => {
  const { service, client } = await clientAgainst({ body: '{}' });
  await client.request('POST', '/v3/x', body);
  expect(service.received[0]).toMatchObject({ method: 'POST', signed: true });
  expect(service.received[0]?.body.toString()).toBe(text);
  expect(service.received[0]?.headers['content-type']).toBe('application/json');
});

test('204: signed over nothing, and believed', async () => {
  const { client } = await clientAgainst({ status: 204, body: '' }, { status: 204, body: '', signer: false });
  expect(await client.request('DELETE', '/v3/x')).toMatchObject({ status: 204, body: undefined });
  await expect(client.request('DELETE', '/v3/x')).rejects.toMatchObject({
    code: 'RESPONSE_FORGED',
    fault: 'unsigned',
  });
});

test('a refusal, and a forged response', async () => {
  const { client } = await clientAgainst(refusal(400, 'PARAM_ERROR'), { signer: false });
  await expect(client.request('POST', '/v3/x', {})).rejects.toMatchObject({
    code: 'PARAM_ERROR',
    verified: true,
  });
  await expect(client.request('POST', '/v3/x', {})).rejects.toMatchObject({ code: 'RESPONSE_FORGED' });
});

test.each([
  ['get', '/v3/x', 'method'],
  ['GET ', '/v3/x', 'method'],
  ['GET', 'v3/x', 'path'],
  ['GET', 'https://api.mch.weixin.qq.com/v3/x', 'path'],
  ['GET', '//elsewhere/v3/x', 'path'],
  ['GET', '/v3/券', 'path'],
  ['GET', '/v3/a b', 'path'],
  ['GET', '/v3/x#part', 'path'],
  ['GET', '/v3/x\r\nHost: elsewhere', 'path'],
  ['GET', '', 'path'],
])('%j %j is not sent', async (method, path, option) => {
  const { service, client } = await clientAgainst();
  await expect(client.request(method, path)).rejects.toMatchObject({ code: 'OPTION_INVALID', option });
  expect(service.received).toHaveLength(0);
});

describe('sensitive fields', () => {
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };

  test('are encrypted to the key that the request names', async () => {
    const { service, client } = await clientAgainst({ body: '{}' });
    await client.request('POST', '/v3/x', (encrypt) => ({ name: encrypt('张三'), plain: 'x' }));
    const [received] = service.received;
    const { name, plain } = JSON.parse(received?.body.toString() ?? '');
    const opened = privateDecrypt({ key: platform.privateKey, ...oaep }, Buffer.from(name, 'base64'));
    expect([opened.toString(), plain]).toEqual(['张三', 'x']);
    expect(received).toMatchObject({ signed: true, headers: { 'wechatpay-serial': PUBLIC_KEY_ID } });
  });

  test('too long to be encrypted: nothing is sent', async () => {
    const { service, client } = await clientAgainst();
    const sending = client.request('POST', '/v3/x', (encrypt) => ({ name: encrypt('x'.repeat(215)) }));
    await expect(sending).rejects.toMatchObject({ code: 'FIELD_UNREADABLE', name: 'FieldError' });
    expect(service.received).toHaveLength(0);
  });

  test('of a response are decrypted with the private key', async () => {
    const { client, service } = await clientAgainst();
    const sealed = publicEncrypt({ key: merchant.publicKey, ...oaep }, Buffer.from('李四')).toString(
      'base64',
    );
    expect(client.decrypt(sealed)).toBe('李四');
    expect(() => client.decrypt('AAAA')).toThrow(expect.objectContaining({ code: 'FIELD_UNREADABLE' }));
    const held = createClient(
      optionsFor(service, { privateKey: createSigner(SERIAL_NO, merchant.privateKey) }),
    );
    expect(() => held.decrypt(sealed)).toThrow(expect.objectContaining({ option: 'privateKey' }));
  });
});

describe('a signer that holds the key elsewhere', () => {
  test('signs', async () => {
    const service = await startService();
    const privateKey = createSigner(SERIAL_NO, merchant.privateKey);
    await createClient(optionsFor(service, { privateKey, certificateSerialNo: undefined })).uploadImage(
      png(),
    );
    expect(service.received[0]).toMatchObject({ signed: true, authorization: { serialNo: SERIAL_NO } });
  });
});

test('a closed client lets what is under way end, and takes nothing more', async () => {
  const { client, service } = await clientAgainst({ body: '{}' });
  const running = client.request('GET', '/v3/x');
  await Promise.all([client.close(), client.close()]);
  await client.close();
  expect(await running).toMatchObject({ status: 200 });
  await expect(client.request('GET', '/v3/x')).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'client',
  });
  expect(service.received).toHaveLength(1);
});
