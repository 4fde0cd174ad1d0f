import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { CERTIFICATES_PATH, createSigner, loadPrivateKey, refusals, signRequest } from '@coupon-media/apiv3';
import { addCertificate, openEmbeddedMerchants } from '@coupon-media/server';
import { expect, test } from 'vitest';
import { PNG, send, sha256, signedUpload, type UploadShape } from './support/exchange.js';
import { temporaryFolder } from './support/sandbox.js';
import { httpBytes, rawConnection, type TestService, testService } from './support/service.js';

const SERIAL = '0A5C3B2E19D84F60718293A4B5C6D7E8F9012345';

test.each([
  ['as in the certificate', SERIAL],
  ['without its leading 0, as WxJava sends it', SERIAL.slice(1)],
  ['in lower case', SERIAL.toLowerCase()],
  ['in lower case and without its leading 0', SERIAL.slice(1).toLowerCase()],
])('a certificate serial is compared as a number: %s', async (_, serialNo) => {
  const { credentials, ...certified } = await serviceWithLeadingZero();
  const answer = await send(credentials, await signedUpload(credentials, { ...certified.shape, serialNo }));
  expect(answer).toMatchObject({ status: 200, fault: undefined });
});

test('a captured request is not accepted again with another spelling of its serial, which no signature covers', async () => {
  const { credentials, shape } = await serviceWithLeadingZero();
  const captured = await signedUpload(credentials, {
    ...shape,
    serialNo: SERIAL,
    headers: { 'Accept-Language': 'en' },
  });
  expect(await send(credentials, captured)).toMatchObject({ status: 200 });
  for (const spelling of [SERIAL, SERIAL.slice(1), SERIAL.toLowerCase()]) {
    const { Authorization = '' } = captured.headers;
    const headers = { ...captured.headers, Authorization: Authorization.replace(SERIAL, spelling) };
    const { status, text } = await send(credentials, { ...captured, headers });
    expect({ status, message: JSON.parse(text).message }, spelling).toEqual({
      status: 401,
      message: refusals.nonceReplayed.message.en,
    });
  }
});

const FORMS: readonly [string, (port: number) => string][] = [
  ['a name', () => 'http://img.example.com'],
  ['a name and a port', (port) => `http://127.0.0.1:${port}`],
  ['https', () => 'https://img.example.com:443'],
  ['a scheme in upper case', () => 'HTTP://IMG.example.com'],
];

test.each(FORMS)('a target in absolute form is its path and query in every route: %s', async (_, origin) => {
  const service = await testService();
  const before = origin(service.port);
  const upload = httpBytes(await signedUpload(service.credentials));
  const query = httpBytes(await signedUpload(service.credentials, { path: `${UPLOAD}?a=b%20c` }));
  const image = `GET /images/${sha256(PNG)}.png HTTP/1.1\r\nHost: x\r\n\r\n`;
  for (const [head, body] of [
    [upload.head, upload.body],
    [query.head, query.body],
    [await certificatesHead(service), Buffer.alloc(0)],
    [image, Buffer.alloc(0)],
    ['GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', Buffer.alloc(0)],
    ['GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n', Buffer.alloc(0)],
  ] as const) {
    const absolute = head
      .replace(/^(\w+) /, `$1 ${before}`)
      .replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    expect(await statusLine(service, absolute, body), absolute).toBe('HTTP/1.1 200 OK');
  }
});

test.each([
  ['OPTIONS * HTTP/1.1', 404],
  ['POST ftp://img.example.com/v3/certificates HTTP/1.1', 404],
  ['GET http:/healthz HTTP/1.1', 400],
])('%s: %i', async (line, status) => {
  const service = await testService();
  const head = `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`;
  expect(await statusLine(service, head, Buffer.alloc(0))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

const UPLOAD = '/v3/marketing/partner/product-coupon/media/upload-image';

async function statusLine({ port }: TestService, head: string, body: Buffer): Promise<string | undefined> {
  const { socket, closed } = await rawConnection(port);
  socket.write(Buffer.concat([Buffer.from(head), body]));
  return (await closed).split('\r\n')[0];
}

async function certificatesHead({ credentials }: TestService): Promise<string> {
  const privateKey = loadPrivateKey(await readFile(credentials.privateKeyPath, 'utf8'));
  const authorization = await signRequest({
    scheme: 'merchant',
    id: credentials.mchid,
    signer: createSigner(credentials.certificateSerialNo, privateKey),
    method: 'GET',
    url: CERTIFICATES_PATH,
    timestamp: Math.floor(Date.now() / 1000),
    nonce: '593BEC0C930BF1AFEB40B4A08C8FB242',
    body: '',
  });
  const headers = `Authorization: ${authorization}\r\nAccept: application/json\r\nUser-Agent: test`;
  return `GET ${CERTIFICATES_PATH} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`;
}

/** A service whose merchant has a certificate with this serial, and how it signs. */
async function serviceWithLeadingZero(): Promise<TestService & { shape: UploadShape }> {
  const folder = await temporaryFolder();
  const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=1900000001', '-days', '30'];
  await promisify(execFile)('openssl', [
    ...request,
    ...['-set_serial', `0x${SERIAL}`, '-keyout', key, '-out', certificate],
  ]);
  const privateKeyPem = await readFile(key, 'utf8');
  const pem = await readFile(certificate, 'utf8');
  await rm(folder, { recursive: true });
  const service = await testService({}, async (data) => {
    const records = await openEmbeddedMerchants({ folder: data });
    await addCertificate(records, '1900000001', pem, Math.floor(Date.now() / 1000));
    await records.close();
  });
  return { ...service, shape: { privateKeyPem } };
}
