import {
  both,
  CipherError,
  canonicalKeyId,
  decryptField,
  filled,
  loadPrivateKey,
  type PrivateKey,
  type Text,
} from '@coupon-media/apiv3';

/** A sensitive field of a call, opened as WeChat Pay would open it. */
export interface SensitiveField {
  /** `/payer/name` */
  readonly field: string;
  /** The decrypted text; undefined if it cannot be decrypted. */
  readonly value: string | undefined;
  /** Why it cannot be decrypted. */
  readonly fault: Text | undefined;
}

/** What of a request may hold sensitive fields. */
export interface SensitiveRequest {
  readonly body: Buffer;
  /** The `Wechatpay-Serial` header: the id of the key that they were encrypted with. */
  readonly keyId: string | undefined;
}

/**
 * Opens the fields of a JSON body that look encrypted: base64 of exactly as many bytes as a platform key's modulus has, since RSA
 * gives nothing shorter. The key is the one that `Wechatpay-Serial` names (contract 10.1).
 *
 * @param keys the sandbox's platform keys as PEM texts, by the canonical form of their ids
 */
export function openSensitiveFields(
  { body, keyId }: SensitiveRequest,
  keys: ReadonlyMap<string, string>,
): readonly SensitiveField[] {
  const encrypted = encryptedTexts(parsed(body), '');
  if (encrypted.length === 0) return [];
  const pem = keyId === undefined ? undefined : keys.get(canonicalKeyId(keyId));
  const key = pem === undefined ? undefined : loadPrivateKey(pem);
  return encrypted.slice(0, SHOWN).map(({ field, text }) => {
    if (key) return opened(field, text, key);
    const known = [...keys.keys()].join(', ');
    const fault =
      keyId === undefined ? filled(TEXTS.keyMissing, { known }) : filled(TEXTS.keyUnknown, { keyId, known });
    return { field, value: undefined, fault };
  });
}

/** The most fields of a request that are opened. Each takes a millisecond. */
const SHOWN = 100;

function opened(field: string, text: string, key: PrivateKey): SensitiveField {
  try {
    return { field, value: decryptField(text, key), fault: undefined };
  } catch (error) {
    const fault = error instanceof CipherError ? TEXTS.otherKey : both(String(error));
    return { field, value: undefined, fault };
  }
}

/** @param depth how many more levels are searched */
function encryptedTexts(value: unknown, place: string, depth = 32): { field: string; text: string }[] {
  if (typeof value === 'string') return isEncrypted(value) ? [{ field: place, text: value }] : [];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    encryptedTexts(inner, `${place}/${name}`, depth - 1),
  );
}

/** Whether a text is base64 of 256 bytes. */
function isEncrypted(text: string): boolean {
  return text.length === 344 && /^[A-Za-z0-9+/]{342}==$/.test(text);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const TEXTS = {
  keyMissing: {
    en: 'the request has no Wechatpay-Serial, which names the key of the encryption; this sandbox has {known}',
    'zh-CN': '请求缺少 Wechatpay-Serial，无法得知加密所用的密钥；本沙箱的密钥有 {known}',
  },
  keyUnknown: {
    en: 'Wechatpay-Serial names the key {keyId}, which is not one of this sandbox ({known})',
    'zh-CN': 'Wechatpay-Serial 中的密钥 {keyId} 不属于本沙箱（{known}）',
  },
  otherKey: {
    en: 'it was not encrypted with the key that Wechatpay-Serial names, or not with RSA-OAEP and SHA-1',
    'zh-CN': '加密所用的密钥与 Wechatpay-Serial 不符，或算法不是 RSA-OAEP（SHA-1）',
  },
} as const satisfies Record<string, Text>;
