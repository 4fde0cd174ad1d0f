import { createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createSigner,
  createVerifier,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  publicKeyOf,
  requestMessage,
  responseMessage,
} from '../dist/index.js';
import { readText, readVectors } from './vectors.js';

interface RequestVector {
  name: string;
  method: string;
  path: string;
  timestamp: string;
  nonce: string;
  body: string;
  key: string;
  signature: string;
}

interface ResponseVector {
  name: string;
  timestamp: string;
  nonce: string;
  body: string;
  serial: string;
  key: string;
  signature: string;
}

const requests = readVectors<RequestVector[]>('request-signatures.json');
const responses = readVectors<ResponseVector[]>('response-signatures.json');

describe('the published request signatures', () => {
  it.each(requests)('$name', async ({ key, path, signature, ...parts }) => {
    const message = requestMessage({ ...parts, url: path });
    const privateKey = loadPrivateKey(readText(key));
    const publicKey = loadPublicKey(readText('published-merchant-test-key.pub.pem'));
    expect(await createSigner('any', privateKey).sign(message)).toBe(signature);
    expect(createVerifier('any', publicKey).verify(message, signature)).toBe(true);
  });

  const [vector] = requests;
  const verifier = createVerifier('any', loadPublicKey(readText('published-merchant-test-key.pub.pem')));
  it.each([
    ['method', { method: 'PUT' }],
    ['path', { path: `${vector?.path}/` }],
    ['query', { path: `${vector?.path}?a=1` }],
    ['timestamp', { timestamp: '1554208461' }],
    ['nonce', { nonce: '593BEC0C930BF1AFEB40B4A08C8FB243' }],
    ['body, by a space', { body: vector?.body.replace(' ', '') }],
    ['body, by a line feed', { body: `${vector?.body}\n` }],
  ])('do not hold when the %s is another', (_, change) => {
    const { path, signature, ...parts } = { ...vector, ...change } as RequestVector;
    expect(verifier.verify(requestMessage({ ...parts, url: path }), signature)).toBe(false);
  });
});

describe('the published response signature', () => {
  it.each(responses)('$name', ({ key, signature, ...parts }) => {
    const verifier = createVerifier(parts.serial, loadPublicKey(readText(key)));
    expect(verifier.verify(responseMessage(parts), signature)).toBe(true);
    expect(verifier.verify(responseMessage({ ...parts, timestamp: '1722850422' }), signature)).toBe(false);
    expect(verifier.verify(responseMessage({ ...parts, nonce: parts.nonce.toUpperCase() }), signature)).toBe(
      false,
    );
    expect(verifier.verify(responseMessage({ ...parts, body: `${parts.body} ` }), signature)).toBe(false);
  });
});

describe('messages', () => {
  it('are five lines of a request, each ended by LF', () => {
    const parts = {
      method: 'GET',
      url: '/v3/certificates?a=%20b',
      timestamp: 1554208460,
      nonce: 'n',
      body: '',
    };
    expect(requestMessage(parts).toString()).toBe('GET\n/v3/certificates?a=%20b\n1554208460\nn\n\n');
  });

  it('hold a body as bytes, which need not be UTF-8', () => {
    const body = Buffer.from([0xff, 0x00, 0x0a, 0xc3]);
    const message = requestMessage({ method: 'POST', url: '/', timestamp: '1', nonce: 'n', body });
    expect(message).toEqual(Buffer.concat([Buffer.from('POST\n/\n1\nn\n'), body, Buffer.from('\n')]));
    expect(responseMessage({ timestamp: '1', nonce: 'n', body })).toEqual(
      Buffer.concat([Buffer.from('1\nn\n'), body, Buffer.from('\n')]),
    );
  });

  it('are the same for a text and for its bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (body) => {
        const parts = { timestamp: 1, nonce: 'n' };
        expect(responseMessage({ ...parts, body })).toEqual(
          responseMessage({ ...parts, body: Buffer.from(body) }),
        );
      }),
    );
  });
});

describe('a verifier', () => {
  const key = loadPrivateKey(readText('keys/merchant.key.pem'));
  const verifier = createVerifier('merchant', publicKeyOf(key));
  const message = Buffer.from('message');

  it('takes what the signer of its pair signed, and a signer of another pair not', async () => {
    const other = loadPrivateKey(readText('keys/other-merchant.key.pem'));
    expect(verifier.verify(message, await createSigner('merchant', key).sign(message))).toBe(true);
    expect(verifier.verify(message, await createSigner('merchant', other).sign(message))).toBe(false);
  });

  it('says false to a probe, which is nothing but a wrong signature (contract 3.7)', async () => {
    const signature = await createSigner('merchant', key).sign(message);
    expect(verifier.verify(message, `WECHATPAY/SIGNTEST/${signature}`)).toBe(false);
    expect(verifier.verify(message, `WECHATPAY/SIGNTEST/${signature.slice(20)}`)).toBe(false);
  });

  it.each([
    ['empty', ''],
    ['no base64', 'ä'],
    ['base64url', 'ab-_'],
    ['white space', ' '],
    ['padding alone', '=='],
    ['padding within', 'AA==AA=='],
    ['too short', 'AAAA'],
    ['too long', 'A'.repeat(100_000)],
  ])('says false to a signature that is %s', (_, signature) => {
    expect(verifier.verify(message, signature)).toBe(false);
  });

  it('says false to a right signature in base64 with line breaks, spaces or a rest', async () => {
    const signature = await createSigner('merchant', key).sign(message);
    for (const spoiled of [`${signature}\n`, ` ${signature}`, `${signature}=`, `${signature}A`]) {
      expect(verifier.verify(message, spoiled)).toBe(false);
    }
  });

  it('says false to a signature by SHA-1', () => {
    const signature = createSign('RSA-SHA1').update(message).sign(key, 'base64');
    expect(verifier.verify(message, signature)).toBe(false);
  });

  it('never throws, and believes nothing by chance', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' })), (signature) => {
        expect(verifier.verify(message, signature)).toBe(false);
      }),
    );
  });
});

describe('a signer', () => {
  it('says which key it signs with', () => {
    const { serialNo } = loadCertificate(readText('keys/merchant.cert.pem'));
    const key = loadPrivateKey(readText('keys/merchant.key.pem'));
    expect(createSigner(serialNo, key).keyId).toBe('5157F09EFDC096DE15EBE81A47057A7232F1B8E1');
  });

  it('rejects when the key cannot sign', async () => {
    const publicKey = publicKeyOf(loadPrivateKey(readText('keys/merchant.key.pem')));
    const signer = createSigner('wrong', publicKey as never);
    await expect(signer.sign(Buffer.from('message'))).rejects.toThrow();
    const options = { modulusLength: 2048, hashAlgorithm: 'sha512', mgf1HashAlgorithm: 'sha512' };
    const { privateKey } = generateKeyPairSync('rsa-pss', options);
    await expect(createSigner('PSS', privateKey as never).sign(Buffer.from('message'))).rejects.toThrow(
      /digest/,
    );
  });
});
