import { createHash, createHmac, privateEncrypt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createClient } from '@coupon-media/client';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, onTestFinished, test } from 'vitest';
import { kmsSigner } from '../../samples/typescript/kms-signer.js';
import { PNG } from '../support/exchange.js';
import { sandboxOfTest } from '../support/sandbox.js';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };
const KEY_ID = 'alias/wechat-pay';
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

interface SignRequest {
  KeyId: string;
  Message: string;
  MessageType: string;
  SigningAlgorithm: string;
}

/** Stands in for KMS: it has the key, takes a digest, and believes a request that is signed as AWS's own library signs it. */
async function standIn(privateKeyPem: string): Promise<{ endpoint: string; asked: SignRequest[] }> {
  const asked: SignRequest[] = [];
  const server = createServer(async (request, response) => {
    const content = (await json(request)) as SignRequest;
    asked.push(content);
    const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    if (request.headers.authorization !== (await authorizationOf(request, JSON.stringify(content))))
      return answer(400, { __type: 'InvalidSignatureException', message: 'The request signature …' });
    if (content.KeyId !== KEY_ID) return answer(400, { __type: 'NotFoundException', message: content.KeyId });
    const signed = Buffer.concat([DIGEST_INFO, Buffer.from(content.Message, 'base64')]);
    const Signature = privateEncrypt(privateKeyPem, signed).toString('base64');
    return answer(200, { KeyId: KEY_ID, Signature, SigningAlgorithm: content.SigningAlgorithm });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The hash as AWS's library wants it. */
class Sha256 {
  readonly #hash;
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    if (key instanceof ArrayBuffer) throw new TypeError('the library gives texts and views');
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key as string | Uint8Array);
  }
  update(bytes: string | Uint8Array): void {
    this.#hash.update(bytes);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

async function authorizationOf({ headers }: IncomingMessage, body: string): Promise<string | undefined> {
  const time = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'])) ?? [];
  const [, year, month, day, hour, minute, second] = time;
  const signed = ['content-type', 'host', 'x-amz-target'];
  const signer = new SignatureV4({
    ...{ service: 'kms', region: 'ap-east-1', credentials: CREDENTIALS, sha256: Sha256 },
    applyChecksum: false, // a header that S3 alone requires
  });
  const result = await signer.sign(
    {
      ...{ method: 'POST', protocol: 'http:', hostname: '127.0.0.1', path: '/', query: {}, body },
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
    },
    { signingDate: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) },
  );
  return result.headers.authorization;
}

test('samples/typescript/kms-signer.ts signs an upload with a key that stays in KMS', async () => {
  const sandbox = await sandboxOfTest();
  const { credentials } = sandbox;
  const { endpoint, asked } = await standIn(await readFile(credentials.privateKeyPath, 'utf8'));
  const options = { region: 'ap-east-1', endpoint, credentials: async () => CREDENTIALS };
  const shop = {
    profile: sandbox.credentialsPath,
    certificate: await readFile(credentials.certificatePath, 'utf8'),
  };
  const client = createClient({ ...shop, privateKey: kmsSigner({ ...options, keyId: KEY_ID }) });
  const { imageUrl } = await client.uploadImage(PNG, { onDoubt: () => {} });
  expect(imageUrl).toMatch(/^http/);
  expect(asked).toEqual([
    {
      KeyId: KEY_ID,
      Message: expect.stringMatching(/^[\w+/]{43}=$/),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    },
  ]);
  const other = createClient({ ...shop, privateKey: kmsSigner({ ...options, keyId: 'alias/other' }) });
  await expect(other.uploadImage(PNG, { onDoubt: () => {} })).rejects.toMatchObject({
    code: 'SIGNING_FAILED',
    fault: 'failed',
    cause: { message: 'KMS: HTTP 400 NotFoundException' },
  });
  await Promise.all([client.close(), other.close()]);
});
