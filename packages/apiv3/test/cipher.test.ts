import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CipherError,
  decryptField,
  decryptResource,
  type EncryptedResource,
  encryptField,
  encryptResource,
  loadPrivateKey,
  publicKeyOf,
} from '../dist/index.js';
import { readText, readVectors } from './vectors.js';

interface ResourceVector {
  name: string;
  api_v3_key: string;
  plaintext: string;
  resource: EncryptedResource;
}

interface FieldVector {
  name: string;
  key: string;
  plaintext: string;
  ciphertext: string;
}

const apiV3Key = 'e7f1c8a04b5d4f2a9c3e6d7b8a901f23';
const nonce = '61f9c719728a';

describe('resources', () => {
  it.each(readVectors<ResourceVector[]>('encrypted-resources.json'))(
    '$name',
    ({ api_v3_key, plaintext, resource }) => {
      expect(decryptResource(resource, api_v3_key)).toBe(plaintext);
      const { nonce, associated_data: associatedData } = resource;
      expect(encryptResource(plaintext, { apiV3Key: api_v3_key, nonce, associatedData })).toEqual(resource);
    },
  );

  const resource = encryptResource('plain', { apiV3Key, nonce, associatedData: '' });

  it('may come without algorithm and with associated data that is absent or null', () => {
    const { ciphertext } = resource;
    expect(decryptResource({ nonce, ciphertext }, apiV3Key)).toBe('plain');
    expect(decryptResource({ nonce, ciphertext, associated_data: null }, apiV3Key)).toBe('plain');
  });

  it.each([
    ['another key', resource, apiV3Key.replace('e', 'f'), /tag does not hold/],
    ['another nonce', { ...resource, nonce: '61f9c719728b' }, apiV3Key, /tag does not hold/],
    ['an empty nonce', { ...resource, nonce: '' }, apiV3Key, /tag does not hold/],
    ['other associated data', { ...resource, associated_data: 'x' }, apiV3Key, /tag does not hold/],
    ['no ciphertext to speak of', { ...resource, ciphertext: '' }, apiV3Key, /tag does not hold/],
    ['a ciphertext shorter than its tag', { ...resource, ciphertext: 'AAAA' }, apiV3Key, /tag does not hold/],
    ['a key too short', resource, 'short', /32 characters; this one has 5 bytes/],
    ['a key of Chinese characters', resource, '密'.repeat(32), /has 96 bytes/],
    ['another algorithm', { ...resource, algorithm: 'SM4' }, apiV3Key, /this is "SM4"/],
    ['an algorithm that is not text', { ...resource, algorithm: { toString: 1 } }, apiV3Key, /this is \{/],
    ['a number for a nonce', { ...resource, nonce: 1 }, apiV3Key, /all text/],
    ['a number for associated data', { ...resource, associated_data: 1 }, apiV3Key, /all text/],
    ['no ciphertext', { ...resource, ciphertext: undefined }, apiV3Key, /all text/],
    ['nothing', undefined, apiV3Key, /all text/],
    ['null', null, apiV3Key, /all text/],
    ['text', 'plain', apiV3Key, /all text/],
  ])('are not decrypted with %s', (_, value, key, message) => {
    expect(() => decryptResource(value, key)).toThrow(CipherError);
    expect(() => decryptResource(value, key)).toThrow(message);
  });

  it('are not decrypted when any bit is another', () => {
    const bytes = Buffer.from(resource.ciphertext, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const altered = Buffer.from(bytes);
        altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const ciphertext = altered.toString('base64');
        expect(() => decryptResource({ ...resource, ciphertext }, apiV3Key)).toThrow(CipherError);
      }),
    );
  });

  it.each(['', '61f9c719728', '61f9c719728ab'])('are not encrypted with the nonce %j', (wrong) => {
    expect(() => encryptResource('plain', { apiV3Key, nonce: wrong, associatedData: '' })).toThrow(/not 12/);
  });

  it('are not encrypted with a key of another length', () => {
    expect(() => encryptResource('plain', { apiV3Key: 'x', nonce, associatedData: '' })).toThrow(CipherError);
  });

  it('hold any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (plaintext, associatedData) => {
          const sealed = encryptResource(plaintext, { apiV3Key, nonce, associatedData });
          expect(decryptResource(JSON.parse(JSON.stringify(sealed)), apiV3Key)).toBe(plaintext);
        },
      ),
    );
  });
});

describe('sensitive fields', () => {
  const key = loadPrivateKey(readText('keys/merchant.key.pem'));
  const other = loadPrivateKey(readText('keys/other-merchant.key.pem'));

  it.each(readVectors<FieldVector[]>('encrypted-fields.json'))('$name', (vector) => {
    const { plaintext, ciphertext } = vector;
    expect(decryptField(ciphertext, loadPrivateKey(readText(vector.key)))).toBe(plaintext);
    expect(decryptField(encryptField(plaintext, publicKeyOf(key)), key)).toBe(plaintext);
  });

  it('are never encrypted alike', () => {
    expect(encryptField('张三', publicKeyOf(key))).not.toBe(encryptField('张三', publicKeyOf(key)));
  });

  it('hold 214 bytes and no more', () => {
    expect(() => encryptField('x'.repeat(215), publicKeyOf(key))).toThrow(/^215 bytes are more than/);
    expect(() => encryptField('密'.repeat(72), publicKeyOf(key))).toThrow(CipherError);
  });

  it.each([
    ['another key', encryptField('张三', publicKeyOf(other))],
    ['an altered text', `A${encryptField('张三', publicKeyOf(key)).slice(1)}`],
    ['nothing', ''],
    ['no base64', '张三'],
  ])('are not decrypted: %s', (_, ciphertext) => {
    expect(() => decryptField(ciphertext.replace(/^AA/, 'AB'), key)).toThrow(CipherError);
  });

  it('say what is wrong by a stable code', () => {
    expect(() => decryptField('', key)).toThrow(
      expect.objectContaining({ name: 'CipherError', code: 'CIPHER', cause: expect.any(Error) }),
    );
  });
});
