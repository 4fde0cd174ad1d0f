import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  canonicalKeyId,
  createKeyRing,
  createVerifier,
  isKeyPair,
  KeyFormatError,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  publicKeyOf,
} from '../dist/index.js';
import { readText, vectorUrl } from './vectors.js';

const privatePem = readText('keys/merchant.key.pem');
const certificatePem = readText('keys/merchant.cert.pem');
const privateKey = loadPrivateKey(privatePem);
const publicKey = publicKeyOf(privateKey);
const publicPem = exported(publicKey, 'spki');

function exported(key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki'): string {
  return key.export({ type: type as 'pkcs1', format: 'pem' }).toString();
}

describe('keys are read', () => {
  it.each([
    ['PKCS#8', privatePem],
    ['PKCS#1', exported(createPrivateKey(privatePem), 'pkcs1')],
    ['CR LF', privatePem.replaceAll('\n', '\r\n')],
    ['no line feed at the end', privatePem.trimEnd()],
    ['\\n for each line feed, as in an environment variable', privatePem.replaceAll('\n', '\\n')],
    ['\\n, and a line feed at the end', `${privatePem.replaceAll('\n', '\\n')}\n`],
    ['\\r\\n', privatePem.replaceAll('\n', '\\r\\n')],
    ['spaces for line feeds', privatePem.replaceAll('\n', ' ')],
    ['nothing for line feeds', privatePem.replaceAll('\n', '')],
    ['quotes around it', `"${privatePem}"`],
    ['a byte order mark', `\ufeff${privatePem}`],
    ['text before it', `Bag Attributes\n    localKeyID: 01\n${privatePem}`],
    ['indentation', privatePem.replaceAll('\n', '\n    ')],
  ])('private: %s', (_, pem) => {
    expect(loadPrivateKey(pem).equals(privateKey)).toBe(true);
  });

  it.each([
    ['SPKI', publicPem],
    ['PKCS#1', exported(publicKey, 'pkcs1')],
    ['\\n for each line feed', publicPem.replaceAll('\n', '\\n')],
  ])('public: %s', (_, pem) => {
    expect(loadPublicKey(pem).equals(publicKey)).toBe(true);
  });

  it('certificate: serial, name, key and times', () => {
    const { publicKey: key, ...rest } = loadCertificate(certificatePem);
    expect(key.equals(publicKey)).toBe(true);
    expect(rest).toEqual({
      serialNo: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
      commonName: '1900000001',
      notBefore: Date.UTC(2026, 10, 23, 8, 59, 14) / 1000,
      notAfter: Date.UTC(2126, 9, 30, 8, 59, 14) / 1000,
    });
  });

  it('certificate: one whose base64 fills its last line', () => {
    const pem = readText('keys/platform.cert.pem');
    expect(pem).toMatch(/\n.{64}\n-----END/);
    expect(loadCertificate(pem).commonName).toBe('Tenpay.com sign');
  });

  it('certificate: of a chain, the first', () => {
    const chain = certificatePem + readText('keys/platform.cert.pem');
    expect(loadCertificate(chain).serialNo).toBe('5157F09EFDC096DE15EBE81A47057A7232F1B8E1');
  });

  it('as pairs', () => {
    const other = loadPrivateKey(readText('keys/other-merchant.key.pem'));
    expect(isKeyPair(privateKey, loadCertificate(certificatePem).publicKey)).toBe(true);
    expect(isKeyPair(other, publicKey)).toBe(false);
  });
});

describe('a text of another kind is named in the error', () => {
  const binary = (encoding: 'utf8' | 'latin1') =>
    readFileSync(vectorUrl('keys/merchant.p12')).toString(encoding);
  const csr = readText('keys/merchant.csr.pem');
  const cut = (pem: string) => pem.slice(0, pem.length / 2);

  it.each([
    [
      'private',
      loadPrivateKey,
      'a certificate',
      certificatePem,
      /expected a private key.*apiclient_key.*this is an X\.509 certificate$/,
    ],
    ['private', loadPrivateKey, 'a public key', publicPem, /this is a public key$/],
    [
      'private',
      loadPrivateKey,
      'an encrypted key',
      readText('keys/merchant.encrypted.key.pem'),
      /encrypted private key; decrypt it first/,
    ],
    [
      'private',
      loadPrivateKey,
      'an encrypted PKCS#1 key',
      readText('keys/merchant.encrypted-pkcs1.key.pem'),
      /encrypted private key; decrypt it first/,
    ],
    [
      'private',
      loadPrivateKey,
      'an EC key in PKCS#8',
      readText('keys/elliptic.key.pem'),
      /RSA; this key is ec$/,
    ],
    ['private', loadPrivateKey, 'an EC key in SEC 1', readText('keys/elliptic.sec1.pem'), /elliptic-curve/],
    [
      'private',
      loadPrivateKey,
      'an EC key with its parameters',
      '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n',
      /elliptic-curve/,
    ],
    [
      'private',
      loadPrivateKey,
      'an OpenSSH key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n',
      /OpenSSH/,
    ],
    [
      'private',
      loadPrivateKey,
      'another PEM',
      '-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n',
      /this is "PKCS7"$/,
    ],
    [
      'private',
      loadPrivateKey,
      'a key of 1024 bits',
      readText('keys/weak.key.pem'),
      /2048 bits; this one has 1024/,
    ],
    ['private', loadPrivateKey, 'a .p12 read as UTF-8', binary('utf8'), /binary \(a \.p12/],
    ['private', loadPrivateKey, 'a .p12 read as Latin-1', binary('latin1'), /binary \(a \.p12/],
    ['private', loadPrivateKey, 'nothing', ' \n', /is empty/],
    ['private', loadPrivateKey, 'base64 alone', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw', /no -----BEGIN line/],
    ['private', loadPrivateKey, 'a path', '/path/to/apiclient_key.pem', /no -----BEGIN line/],
    ['private', loadPrivateKey, 'half a key', cut(privatePem), /damaged or cut short/],
    [
      'private',
      loadPrivateKey,
      'an empty block',
      '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----',
      /damaged or cut short/,
    ],
    [
      'public',
      loadPublicKey,
      'a certificate',
      readText('keys/platform.cert.pem'),
      /expected a public key.*pub_key\.pem.*X\.509 certificate$/,
    ],
    ['public', loadPublicKey, 'a private key', privatePem, /this is a private key$/],
    ['public', loadPublicKey, 'half a key', cut(publicPem), /this public key is damaged/],
    [
      'certificate',
      loadCertificate,
      'a private key',
      privatePem,
      /expected an X\.509 certificate.*apiclient_cert.*a private key$/,
    ],
    ['certificate', loadCertificate, 'a public key', publicPem, /this is a public key$/],
    ['certificate', loadCertificate, 'a request', csr, /not yet a certificate/],
    [
      'certificate',
      loadCertificate,
      'a request of an older name',
      csr.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'),
      /not yet a certificate/,
    ],
    [
      'certificate',
      loadCertificate,
      'one on an elliptic curve',
      readText('keys/elliptic.cert.pem'),
      /RSA; this key is ec$/,
    ],
    ['certificate', loadCertificate, 'half of one', cut(certificatePem), /this certificate is damaged/],
  ])('%s: %2$s', (_kind, load, _what, pem, message) => {
    expect(() => load(pem)).toThrow(KeyFormatError);
    expect(() => load(pem)).toThrow(message);
  });

  it('a certificate whose key is of no known kind', () => {
    // The OID of RSA, 1.2.840.113549.1.1.1, of the public key's algorithm, with its last byte altered.
    const [, base64 = ''] = /-----\n([\s\S]*)\n-----/.exec(certificatePem) ?? [];
    const hex = Buffer.from(base64, 'base64')
      .toString('hex')
      .replace('06092a864886f70d010101', '06092a864886f70d01017f');
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(hex, 'hex').toString('base64')}\n-----END CERTIFICATE-----`;
    expect(() => loadCertificate(pem)).toThrow(KeyFormatError);
  });

  it('an RSA-PSS key', () => {
    const { privateKey: key } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    expect(() => loadPrivateKey(exported(key, 'pkcs8'))).toThrow(/this key is rsa-pss/);
  });

  it('with a stable code, and the cause where there is one', () => {
    const error = (() => {
      try {
        return loadPrivateKey(cut(privatePem));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ name: 'KeyFormatError', code: 'KEY_FORMAT', cause: expect.any(Error) });
  });
});

describe('a key ring', () => {
  const serial = '7132D72A03E93CDDF8C03BBD1F37EEDF5A3C0F4B';
  const id = 'PUB_KEY_ID_0000000000000024101100397200000006';
  const [bySerial, byId] = [serial, id].map((keyId) => createVerifier(keyId, publicKey));
  const ring = createKeyRing([bySerial, byId].filter((verifier) => verifier !== undefined));

  it('finds a serial in either case, and a public key id as it stands', () => {
    expect(ring.get(serial)).toBe(bySerial);
    expect(ring.get(serial.toLowerCase())).toBe(bySerial);
    expect(ring.get(id)).toBe(byId);
    expect(ring.get(id.toLowerCase())).toBeUndefined();
    expect(canonicalKeyId('ab01')).toBe('AB01');
  });

  it('compares serials as numbers: leading zeros may be there or not', () => {
    const verifier = createVerifier('0A5C000000000000', publicKey);
    const found = createKeyRing([verifier]);
    for (const spelling of ['0A5C000000000000', 'a5c000000000000', '000A5C000000000000'])
      expect(found.get(spelling), spelling).toBe(verifier);
    expect(found.get('A5C00000000000')).toBeUndefined();
    expect(canonicalKeyId('0000')).toBe('0');
  });

  it.each(['', '0', 'constructor', '__proto__', 'PUB_KEY_ID_', serial.slice(1)])(
    'does not find %j',
    (keyId) => {
      expect(ring.get(keyId)).toBeUndefined();
    },
  );
});
