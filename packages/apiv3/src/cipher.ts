import { constants, createCipheriv, createDecipheriv, privateDecrypt, publicEncrypt } from 'node:crypto';
import { knowInstances } from './instances.js';
import type { PrivateKey, PublicKey } from './keys.js';
import { BilingualError, filled, type TextValues } from './text.js';

/**
 * Encrypts a sensitive field of a request with the WeChat Pay public key that `Wechatpay-Serial` then names.
 *
 * @param plaintext at most 214 bytes of UTF-8 under a 2048-bit key
 * @returns base64
 * @throws CipherError if the plaintext is longer than the key allows
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { encryptField, loadPublicKey } from '@coupon-media/apiv3';
 *
 * const key = loadPublicKey(readFileSync('pub_key.pem', 'utf8'));
 * console.log(encryptField('13800000000', key).length); // 344
 * ```
 */
export function encryptField(plaintext: string, key: PublicKey): string {
  const bytes = Buffer.from(plaintext);
  try {
    return publicEncrypt({ key, ...OAEP }, bytes).toString('base64');
  } catch (cause) {
    throw cipherError('tooLong', { bytes: bytes.length }, cause);
  }
}

/**
 * Decrypts a sensitive field of a response with the merchant's private key.
 *
 * @param ciphertext base64
 * @throws CipherError if it was not encrypted for this key
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { decryptField, encryptField, loadPrivateKey, publicKeyOf } from '@coupon-media/apiv3';
 *
 * const privateKey = loadPrivateKey(readFileSync('apiclient_key.pem', 'utf8'));
 * const ciphertext = encryptField('13800000000', publicKeyOf(privateKey));
 * console.log(decryptField(ciphertext, privateKey)); // '13800000000'
 * ```
 */
export function decryptField(ciphertext: string, key: PrivateKey): string {
  try {
    return privateDecrypt({ key, ...OAEP }, Buffer.from(ciphertext, 'base64')).toString('utf8');
  } catch (cause) {
    throw cipherError('fieldUnreadable', {}, cause);
  }
}

/** A value encrypted with a merchant's APIv3 key, as notifications and certificate lists carry it (contract 11.1). */
export interface EncryptedResource {
  algorithm: typeof AEAD;
  /** 12 characters. */
  nonce: string;
  associated_data: string;
  /** Base64 of the encryption followed by its 16-byte tag. */
  ciphertext: string;
}

/** The encryption of notifications and certificate lists: AES-256 in Galois/counter mode. */
const AEAD = 'AEAD_AES_256_GCM';

/** What a resource is encrypted with. */
export interface ResourceEncryption {
  /** 32 characters. */
  apiV3Key: string;
  /** 12 characters, used once only with this key. */
  nonce: string;
  associatedData: string;
}

/**
 * Encrypts a text that only the holder of the APIv3 key may read.
 *
 * @throws CipherError if the key or the nonce has a wrong length
 * @example
 * ```ts
 * import { encryptResource } from '@coupon-media/apiv3';
 *
 * const apiV3Key = '0123456789abcdef0123456789abcdef';
 * const resource = encryptResource('{"id":1}', { apiV3Key, nonce: 'a1b2c3d4e5f6', associatedData: 'coupon' });
 * console.log(resource.algorithm); // 'AEAD_AES_256_GCM'
 * ```
 */
export function encryptResource(
  plaintext: string,
  { apiV3Key, nonce, associatedData }: ResourceEncryption,
): EncryptedResource {
  const key = aesKey(apiV3Key);
  const iv = Buffer.from(nonce);
  if (iv.length !== NONCE_BYTES) throw cipherError('nonceLength', { bytes: iv.length, wanted: NONCE_BYTES });
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(associatedData));
  const encrypted = [cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return {
    algorithm: AEAD,
    nonce,
    associated_data: associatedData,
    ciphertext: Buffer.concat(encrypted).toString('base64'),
  };
}

/**
 * Decrypts a resource. Its tag proves that the sender has the APIv3 key and that nothing was altered since.
 *
 * @param resource an EncryptedResource as received; an absent `associated_data` counts as empty
 * @throws CipherError if the resource has another form, or the tag does not verify
 * @example
 * ```ts
 * import { decryptResource, encryptResource } from '@coupon-media/apiv3';
 *
 * const apiV3Key = '0123456789abcdef0123456789abcdef';
 * const resource = encryptResource('{"id":1}', { apiV3Key, nonce: 'a1b2c3d4e5f6', associatedData: 'coupon' });
 * console.log(decryptResource(resource, apiV3Key)); // '{"id":1}'
 * ```
 */
export function decryptResource(resource: unknown, apiV3Key: string): string {
  const key = aesKey(apiV3Key);
  const { nonce, associated_data, ciphertext } = asResource(resource);
  const sealed = Buffer.from(ciphertext, 'base64');
  const tagStart = sealed.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(associated_data))
      .setAuthTag(sealed.subarray(Math.max(tagStart, 0)));
    const text = decipher.update(sealed.subarray(0, Math.max(tagStart, 0)));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch (cause) {
    throw cipherError('tagWrong', {}, cause);
  }
}

/** A value cannot be encrypted or decrypted. The message says why and holds no secret. */
export class CipherError extends BilingualError {
  override readonly name = 'CipherError';
  readonly code = 'CIPHER';
}
knowInstances('@coupon-media/apiv3', { CipherError });

// PKCS#1 v2's first form: SHA-1, in MGF1 as well. OAEP does not rest on SHA-1's resistance to collisions.
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function aesKey(apiV3Key: string): Buffer {
  const key = Buffer.from(apiV3Key);
  if (key.length === KEY_BYTES) return key;
  throw cipherError('keyLength', { wanted: KEY_BYTES, bytes: key.length });
}

function asResource(value: unknown): Omit<EncryptedResource, 'algorithm'> {
  const resource = (value ?? {}) as Partial<Record<keyof EncryptedResource, unknown>>;
  const { algorithm = AEAD, nonce, ciphertext } = resource;
  const associated_data = resource.associated_data ?? '';
  if (algorithm !== AEAD) {
    throw cipherError('algorithmWrong', { wanted: AEAD, algorithm: JSON.stringify(algorithm) });
  }
  if (typeof nonce === 'string' && typeof associated_data === 'string' && typeof ciphertext === 'string') {
    return { nonce, associated_data, ciphertext };
  }
  throw cipherError('notAResource');
}

function cipherError(fault: keyof typeof FAULTS, values: TextValues = {}, cause?: unknown): CipherError {
  return new CipherError(filled(FAULTS[fault], values), { cause });
}

const FAULTS = {
  tooLong: {
    'zh-CN': '{bytes} 字节超过了该密钥能加密的长度',
    en: '{bytes} bytes are more than one field of this key can hold',
  },
  fieldUnreadable: {
    'zh-CN': '该字段不是用这个私钥对应的公钥加密的，或已被改动',
    en: 'this field was not encrypted to this private key, or was altered',
  },
  nonceLength: {
    'zh-CN': '随机串为 {bytes} 字节，应为 {wanted} 字节',
    en: 'the nonce has {bytes} bytes, not {wanted}',
  },
  tagWrong: {
    'zh-CN': '解密失败：加密用的是另一个 APIv3 密钥，或内容已被改动',
    en: 'the tag does not hold: another APIv3 key encrypted this, or it was altered',
  },
  keyLength: {
    'zh-CN': 'APIv3 密钥应为 {wanted} 个字符，当前为 {bytes} 字节',
    en: 'an APIv3 key has {wanted} characters; this one has {bytes} bytes',
  },
  algorithmWrong: {
    'zh-CN': '算法应为 {wanted}，当前为 {algorithm}',
    en: 'expected the algorithm {wanted}; this is {algorithm}',
  },
  notAResource: {
    'zh-CN': '加密的资源应包含 nonce、associated_data 和 ciphertext，均为字符串',
    en: 'an encrypted resource has nonce, associated_data and ciphertext, all text',
  },
} as const;
