import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  CERTIFICATES_PATH,
  createSigner,
  loadCertificate,
  loadPrivateKey,
  openCertificates,
  type RequestToSign,
  signRequest,
} from '@coupon-media/apiv3';
import { createClient } from '@coupon-media/client';
import { type CertifiedPair, generateCertifiedPair } from '@coupon-media/sandbox';
import { type MerchantStore, openEmbeddedMerchants } from '@coupon-media/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Exchange, judge, PNG, sha256 } from './support/exchange.js';
import { expectRefusal, expectUnsigned } from './support/refusal.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

const DAY = 24 * 3600 * 1000;

let sandbox: TestSandbox;
beforeEach(async () => {
  sandbox = await testSandbox();
});
afterEach(() => sandbox.end());

describe('GET /v3/certificates (contract 11.1)', () => {
  test('lists the certificate in use, encrypted to the merchant and signed by itself', async () => {
    const answer = await list();
    expect(answer.status).toBe(200);
    const [certificate, ...more] = await opened(answer);
    const { platformCertificatePath, platformCertificateSerialNo } = sandbox.credentials;
    expect(more).toEqual([]);
    expect(certificate).toMatchObject({
      serialNo: platformCertificateSerialNo,
      pem: readFileSync(platformCertificatePath, 'utf8'),
    });
    expect(JSON.parse(answer.text).data[0]).toMatchObject({
      serial_no: platformCertificateSerialNo,
      effective_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/),
      encrypt_certificate: { algorithm: 'AEAD_AES_256_GCM', associated_data: 'certificate' },
    });
  });

  test('encrypts with a new nonce every time', async () => {
    const nonces = [];
    for (let time = 0; time < 10; time += 1) {
      nonces.push(JSON.parse((await list()).text).data[0].encrypt_certificate.nonce);
    }
    expect(new Set(nonces).size).toBe(10);
  });

  test('the response is signed by the key that the request names (contract 3.4)', async () => {
    const { wechatPayPublicKeyId, platformCertificateSerialNo } = sandbox.credentials;
    for (const keyId of [wechatPayPublicKeyId, platformCertificateSerialNo]) {
      const answer = await list({}, { 'Wechatpay-Serial': keyId });
      expect(answer).toMatchObject({ status: 200, fault: undefined });
      expect(answer.headers['wechatpay-serial']).toBe(keyId);
    }
  });

  test('while certificates change, the list has all that are or will be in force, and the newest in force signs', async () => {
    const { platformCertificateSerialNo: first } = sandbox.credentials;
    const now = Date.now();
    const expired = await platformCertificate(now - 6 * 365 * DAY);
    const newer = await platformCertificate(now + 1000);
    const future = await platformCertificate(now + 7 * DAY);
    await change(async (records) => {
      for (const key of [expired, newer, future]) await records.addPlatformKey(key);
    });
    await expect
      .poll(async () => (await list()).headers['wechatpay-serial'], { timeout: 10_000 })
      .toBe(newer.id);
    const serials = (await opened(await list())).map(({ serialNo }) => serialNo);
    expect(serials.sort()).toEqual([first, newer.id, future.id].sort());
    await change((records) => records.retirePlatformKey(newer.id, Math.floor(Date.now() / 1000)));
    await expect
      .poll(async () => (await list()).headers['wechatpay-serial'], { timeout: 10_000 })
      .toBe(first);
    expect((await opened(await list())).map(({ serialNo }) => serialNo)).not.toContain(newer.id);
  });

  test('a service without certificates has an empty list', async () => {
    const { platformCertificateSerialNo } = sandbox.credentials;
    await change((records) =>
      records.retirePlatformKey(platformCertificateSerialNo, Math.floor(Date.now() / 1000)),
    );
    await expect.poll(async () => (await list()).text, { timeout: 10_000 }).toBe('{"data":[]}');
    expect((await list()).fault).toBeUndefined();
  });

  test('is authenticated like any request', async () => {
    const unsigned = await list({}, { Authorization: undefined });
    expectRefusal(unsigned, 'authorizationMalformed');
    expectUnsigned(unsigned);
    const wrong = await list({ body: 'something' });
    expectRefusal(wrong, 'signatureWrong', {
      sign_information: { method: 'GET', url: CERTIFICATES_PATH, truncated_sign_message: expect.any(String) },
    });
    expectUnsigned(wrong);
    expectRefusal(await list({ scheme: 'brand' }), 'authorizationTypeUnknown');
    expectRefusal(await list({ timestamp: Math.floor(Date.now() / 1000) - 301 }), 'timestampSkewed');
  });

  test('a repeated request is a replay; that response is signed by the certificate as well', async () => {
    const nonce = randomBytes(16).toString('hex');
    const timestamp = Math.floor(Date.now() / 1000);
    expect((await list({ nonce, timestamp })).status).toBe(200);
    const again = await list({ nonce, timestamp });
    expectRefusal(again, 'nonceReplayed');
    expect(again.fault).toBeUndefined();
    expect(again.headers['wechatpay-serial']).toBe(sandbox.credentials.platformCertificateSerialNo);
  });

  test.each(['HEAD', 'POST', 'DELETE'])('%s: 405, empty', async (method) => {
    const answer = await fetch(sandbox.credentials.baseUrl + CERTIFICATES_PATH, { method });
    expect([answer.status, await answer.text(), answer.headers.get('allow')]).toEqual([405, '', 'GET']);
  });

  test('the client in certificate mode requests it first and then uploads', async () => {
    const { baseUrl, mchid, certificateSerialNo, privateKeyPath, apiV3Key } = sandbox.credentials;
    const downloads: unknown[] = [];
    const client = createClient({
      ...{ baseUrl, mchid, certificateSerialNo, privateKeyPath, apiV3Key },
      hooks: { onCertificates: (event) => downloads.push(event) },
    });
    expect(await client.uploadImage(PNG)).toMatchObject({ sha256: sha256(PNG) });
    expect(downloads).toEqual([
      { serialNos: [sandbox.credentials.platformCertificateSerialNo], error: undefined },
    ]);
    await client.close();
  });
});

/** Requests the list. The request is signed correctly unless stated otherwise. */
async function list(
  parts: Partial<RequestToSign> = {},
  headers: Record<string, string | undefined> = {},
): Promise<Exchange> {
  const { baseUrl, mchid, certificateSerialNo, privateKeyPath } = sandbox.credentials;
  const signer = createSigner(certificateSerialNo, loadPrivateKey(readFileSync(privateKeyPath, 'utf8')));
  const authorization = await signRequest({
    ...{ scheme: 'merchant', id: mchid, signer, method: 'GET', url: CERTIFICATES_PATH, body: '' },
    timestamp: Math.floor(Date.now() / 1000),
    nonce: randomBytes(16).toString('hex'),
    ...parts,
  });
  const sent = { Accept: 'application/json', 'User-Agent': 'test', Authorization: authorization, ...headers };
  const given = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const answer = await fetch(baseUrl + CERTIFICATES_PATH, { headers: given });
  const text = await answer.text();
  const answered = Object.fromEntries(answer.headers);
  return {
    status: answer.status,
    headers: answered,
    text,
    fault: await judge(sandbox.credentials, answered, text),
  };
}

/** @returns the decrypted certificates, one of which signed the response */
function opened({ headers, text }: Exchange): ReturnType<typeof openCertificates> {
  const header = (name: string) => [headers[name]].flat()[0];
  return openCertificates(
    { header, body: text },
    sandbox.credentials.apiV3Key,
    Math.floor(Date.now() / 1000),
  );
}

async function platformCertificate(from: number): Promise<Parameters<MerchantStore['addPlatformKey']>[0]> {
  const { privateKeyPem, certificatePem }: CertifiedPair = await generateCertifiedPair(
    'CN=another platform',
    new Date(from),
  );
  const { serialNo, notBefore, notAfter } = loadCertificate(certificatePem);
  return { id: serialNo, kind: 'certificate', privateKeyPem, publicPem: certificatePem, notBefore, notAfter };
}

/** Changes the store as another process would. */
async function change(work: (records: MerchantStore) => Promise<unknown>): Promise<void> {
  const records = await openEmbeddedMerchants({ folder: sandbox.folder });
  try {
    await work(records);
  } finally {
    await records.close();
  }
}
