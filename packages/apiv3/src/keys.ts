import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { knowInstances } from './instances.js';
import { decodedKey, isKeyText } from './key-text.js';
import { BilingualError, both, filled, type Text } from './text.js';

/** An RSA private key of at least 2048 bits, parsed. */
export type PrivateKey = KeyObject & { readonly type: 'private' };
/** An RSA public key of at least 2048 bits, parsed. */
export type PublicKey = KeyObject & { readonly type: 'public' };

/** The fields of an X.509 certificate that the protocol uses. */
export interface Certificate {
  /** Upper-case hex, as `serial_no` and `Wechatpay-Serial` carry it (contract 2.7). */
  serialNo: string;
  /** The subject's common name, if there is one. A merchant's certificate has its mchid here. */
  commonName?: string;
  publicKey: PublicKey;
  /** Unix seconds. */
  notBefore: number;
  /** Unix seconds. */
  notAfter: number;
}

/** A PEM text, or base64 of PEM or DER, is not of the expected kind. The message names what it is instead and what to give. */
export class KeyFormatError extends BilingualError {
  override readonly name = 'KeyFormatError';
  readonly code = 'KEY_FORMAT';
}
knowInstances('@coupon-media/apiv3', { KeyFormatError });

/**
 * @param pem PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`): `apiclient_key.pem`; or base64 of that, or of its DER
 * @throws KeyFormatError
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { loadPrivateKey } from '@coupon-media/apiv3';
 *
 * const key = loadPrivateKey(readFileSync('apiclient_key.pem', 'utf8'));
 * console.log(key.asymmetricKeyType); // 'rsa'
 * ```
 */
export function loadPrivateKey(pem: string): PrivateKey {
  return strongRsa(parsed(pem, 'private key', createPrivateKey)) as PrivateKey;
}

/**
 * @param pem SPKI (`PUBLIC KEY`) or PKCS#1 (`RSA PUBLIC KEY`): the WeChat Pay public key, `pub_key.pem`; or base64 of it
 * @throws KeyFormatError
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { loadPublicKey } from '@coupon-media/apiv3';
 *
 * const key = loadPublicKey(readFileSync('pub_key.pem', 'utf8'));
 * console.log(key.type); // 'public'
 * ```
 */
export function loadPublicKey(pem: string): PublicKey {
  return strongRsa(parsed(pem, 'public key', createPublicKey)) as PublicKey;
}

/**
 * @param pem X.509 (`CERTIFICATE`): `apiclient_cert.pem`, or a platform certificate; of a chain, the first is read; or
 *   base64 of it
 * @throws KeyFormatError
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { loadCertificate } from '@coupon-media/apiv3';
 *
 * const { serialNo, notBefore, notAfter } = loadCertificate(readFileSync('apiclient_cert.pem', 'utf8'));
 * console.log(serialNo.length, notBefore < notAfter); // 40 true
 * ```
 */
export function loadCertificate(pem: string): Certificate {
  const { certificate, publicKey } = parsed(pem, 'certificate', (text) => {
    const certificate = new X509Certificate(text);
    // The key is decoded when it is first read, so reading it here brings up its faults.
    return { certificate, publicKey: certificate.publicKey };
  });
  const commonName = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return {
    serialNo: certificate.serialNumber.toUpperCase(),
    ...(commonName !== undefined && { commonName }),
    publicKey: strongRsa(publicKey) as PublicKey,
    notBefore: unixSeconds(certificate.validFrom),
    notAfter: unixSeconds(certificate.validTo),
  };
}

/**
 * @returns the public key of the pair
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { loadPrivateKey, publicKeyOf } from '@coupon-media/apiv3';
 *
 * const privateKey = loadPrivateKey(readFileSync('apiclient_key.pem', 'utf8'));
 * console.log(publicKeyOf(privateKey).type); // 'public'
 * ```
 */
export function publicKeyOf(privateKey: PrivateKey): PublicKey {
  return createPublicKey(privateKey) as PublicKey;
}

/**
 * @returns whether the two keys are a pair
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { isKeyPair, loadCertificate, loadPrivateKey } from '@coupon-media/apiv3';
 *
 * const privateKey = loadPrivateKey(readFileSync('apiclient_key.pem', 'utf8'));
 * const { publicKey } = loadCertificate(readFileSync('apiclient_cert.pem', 'utf8'));
 * console.log(isKeyPair(privateKey, publicKey)); // true
 * ```
 */
export function isKeyPair(privateKey: PrivateKey, publicKey: PublicKey): boolean {
  return publicKeyOf(privateKey).equals(publicKey);
}

/** @returns SHA-256 of the key as DER (SPKI), in lower-case hex */
export function publicKeyDigest(publicKey: PublicKey): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/**
 * Gives the canonical form in which key ids are compared: a serial is a number, so its hex is in upper case and without leading
 * zeros (one client loses them, contract 2.7); other ids are unchanged.
 *
 * @example
 * ```ts
 * import { canonicalKeyId } from '@coupon-media/apiv3';
 *
 * console.log(canonicalKeyId('0dde55ad98ed71d6')); // 'DDE55AD98ED71D6'
 * ```
 */
export function canonicalKeyId(keyId: string): string {
  return /^[0-9a-f]+$/i.test(keyId) ? keyId.toUpperCase().replace(/^0+(?=.)/, '') : keyId;
}

type Wanted = 'private key' | 'public key' | 'certificate';

const WANTED: Readonly<Record<Wanted, Text>> = {
  'private key': {
    'zh-CN': '私钥（PKCS#8 或 PKCS#1 PEM）：商户私钥是 apiclient_key.pem',
    en: "a private key (PKCS#8 or PKCS#1 PEM): the merchant's is apiclient_key.pem",
  },
  'public key': {
    'zh-CN': '公钥（SPKI 或 PKCS#1 PEM）：微信支付公钥是 pub_key.pem',
    en: 'a public key (SPKI or PKCS#1 PEM): the WeChat Pay public key is pub_key.pem',
  },
  certificate: {
    'zh-CN': 'X.509 证书（PEM）：商户 API 证书是 apiclient_cert.pem',
    en: "an X.509 certificate (PEM): the merchant's is apiclient_cert.pem",
  },
};

const PRIVATE_KEY: Text = { 'zh-CN': '私钥', en: 'a private key' };
const PUBLIC_KEY: Text = { 'zh-CN': '公钥', en: 'a public key' };
const EC_KEY: Text = {
  'zh-CN': '椭圆曲线密钥，而 APIv3 使用 RSA 签名',
  en: 'an elliptic-curve key, where APIv3 signs with RSA',
};
const REQUEST: Text = {
  'zh-CN': '证书请求，还不是证书',
  en: 'a certificate request, not yet a certificate',
};

/** PEM labels: what each is, and which request it satisfies. */
const LABELS: Readonly<Record<string, { is: Text; gives?: Wanted }>> = {
  'PRIVATE KEY': { is: PRIVATE_KEY, gives: 'private key' },
  'RSA PRIVATE KEY': { is: PRIVATE_KEY, gives: 'private key' },
  'PUBLIC KEY': { is: PUBLIC_KEY, gives: 'public key' },
  'RSA PUBLIC KEY': { is: PUBLIC_KEY, gives: 'public key' },
  CERTIFICATE: { is: { 'zh-CN': 'X.509 证书', en: 'an X.509 certificate' }, gives: 'certificate' },
  'ENCRYPTED PRIVATE KEY': {
    is: {
      'zh-CN': '加密的私钥，请先解密（openssl pkey -in … -out …）',
      en: 'an encrypted private key; decrypt it first (openssl pkey -in … -out …)',
    },
  },
  'EC PRIVATE KEY': { is: EC_KEY },
  'EC PARAMETERS': { is: EC_KEY },
  'OPENSSH PRIVATE KEY': { is: { 'zh-CN': 'OpenSSH 格式的私钥', en: "OpenSSH's own kind of private key" } },
  'CERTIFICATE REQUEST': { is: REQUEST },
  'NEW CERTIFICATE REQUEST': { is: REQUEST },
};

const NAMES: Readonly<Record<Wanted, Text>> = {
  'private key': { 'zh-CN': '私钥', en: 'private key' },
  'public key': { 'zh-CN': '公钥', en: 'public key' },
  certificate: { 'zh-CN': '证书', en: 'certificate' },
};

const NOT_IT: Text = { 'zh-CN': '应为{wanted}；这是{is}', en: 'expected {wanted}; this is {is}' };
const NO_PEM: Text = { 'zh-CN': '应为{wanted}；这段文本{is}', en: 'expected {wanted}; this text {is}' };
const DAMAGED: Text = {
  'zh-CN': '这个{kind}已损坏或不完整；应为{wanted}',
  en: 'this {kind} is damaged or cut short; expected {wanted}',
};
const NOT_RSA: Text = {
  'zh-CN': 'APIv3 使用 RSA 签名，这个密钥是 {type}',
  en: 'APIv3 signs with RSA; this key is {type}',
};
const TOO_SHORT: Text = {
  'zh-CN': 'APIv3 的密钥应为 2048 位，这个密钥为 {bits} 位',
  en: 'APIv3 keys have 2048 bits; this one has {bits}',
};

function parsed<T>(text: string, wanted: Wanted, parse: (text: string) => T): T {
  const pem = text.includes('-----BEGIN') ? text : (decodedPem(text) ?? text);
  const blocks = blocksOf(pem);
  const chosen = blocks.find(({ kind }) => LABELS[kind]?.gives === wanted);
  // Where a certificate and an encrypted key are in one file, the key is what the message is about.
  const nearest =
    blocks.find(({ kind }) => wanted === 'private key' && kind.includes('PRIVATE KEY')) ?? blocks[0];
  if (!nearest) throw new KeyFormatError(filled(NO_PEM, { wanted: WANTED[wanted], is: unlabelled(pem) }));
  if (!chosen) {
    const is = LABELS[nearest.kind]?.is ?? both(`"${nearest.kind}"`);
    throw new KeyFormatError(filled(NOT_IT, { wanted: WANTED[wanted], is }));
  }
  const { kind, content } = chosen;
  try {
    return parse(rewrapped(kind, content));
  } catch (cause) {
    throw new KeyFormatError(filled(DAMAGED, { kind: NAMES[wanted], wanted: WANTED[wanted] }), { cause });
  }
}

/** @returns the PEM text that the base64 holds, or the PEM form of the DER that it holds */
function decodedPem(text: string): string | undefined {
  const decoded = decodedKey(text);
  if (!decoded || 'pem' in decoded) return decoded?.pem;
  const base64 = Buffer.from(decoded.der).toString('base64');
  const blocks = DER_LABELS.map((label) => `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----`);
  return blocks.find(isReadable);
}

/** DER does not name its content; these are the labels to try. */
const DER_LABELS = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'PUBLIC KEY', 'RSA PUBLIC KEY', 'CERTIFICATE'] as const;

function isReadable(pem: string): boolean {
  const read = pem.includes('CERTIFICATE')
    ? () => new X509Certificate(pem)
    : () => (pem.includes('PRIVATE') ? createPrivateKey : createPublicKey)(pem);
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/** A block of PEM. */
interface PemBlock {
  /** Its label, or that of encrypted keys. */
  kind: string;
  content: string;
}

/** All blocks, in order: what `openssl pkcs12 -nodes` prints has certificates and a key, with text between them. */
function blocksOf(pem: string): PemBlock[] {
  return [...pem.matchAll(PEM_BLOCK)].map(([, label = '', content = '']) => ({
    kind: content.includes('Proc-Type: 4,ENCRYPTED') ? 'ENCRYPTED PRIVATE KEY' : label,
    content,
  }));
}

/** A block ends at its end line or, if that is missing, at the next block or the end of the text. */
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)(?:-----END \1-----|(?=-----BEGIN )|$)/g;

// Environment variables and YAML often carry PEM text whose line feeds became \n, spaces or nothing.
function rewrapped(label: string, content: string): string {
  const base64 = content.replace(/\\[rn]|\s/g, '');
  return `-----BEGIN ${label}-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

function unlabelled(text: string): Text {
  if (text.trim() === '') return UNLABELLED.empty;
  if (/^\s*data:/i.test(text)) return UNLABELLED.dataUrl;
  if (isKeyText(text)) return UNLABELLED.base64;
  // PKCS#12 and DER both begin with a long ASN.1 SEQUENCE, decoded here as Latin-1 or as UTF-8.
  if (/^0[\u0080-\u0084\ufffd]/.test(text)) {
    return UNLABELLED.binary;
  }
  return UNLABELLED.none;
}

/** Descriptions of a text without the first line of PEM. */
const UNLABELLED = {
  empty: { 'zh-CN': '为空', en: 'is empty' },
  dataUrl: {
    'zh-CN': '是 data URL，请改为其中的内容（PEM 文本或其 base64）',
    en: 'is a data URL; give what it holds, as PEM text or base64 of it',
  },
  base64: {
    'zh-CN': '是其他内容的 base64（.p12 文件？），或已损坏、不完整',
    en: 'is base64 of something else (a .p12 file?), or damaged or cut short',
  },
  binary: {
    'zh-CN':
      '是二进制内容（.p12 文件？），PEM 以 -----BEGIN 开头；转换：openssl pkcs12 -in apiclient_cert.p12 -nodes -out apiclient.pem，密码是商户号',
    en: 'is binary (a .p12 file?), where PEM begins with -----BEGIN; convert it: openssl pkcs12 -in apiclient_cert.p12 -nodes -out apiclient.pem, whose password is the merchant number',
  },
  none: { 'zh-CN': '没有 -----BEGIN 行，不是 PEM', en: 'has no -----BEGIN line, so it is not PEM' },
} as const satisfies Record<string, Text>;

function strongRsa(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') {
    throw new KeyFormatError(filled(NOT_RSA, { type: String(key.asymmetricKeyType) }));
  }
  const bits = Number(key.asymmetricKeyDetails?.modulusLength);
  if (!(bits >= 2048)) throw new KeyFormatError(filled(TOO_SHORT, { bits }));
  return key;
}

function unixSeconds(date: string): number {
  return Math.floor(Date.parse(date) / 1000);
}

/**
 * Gives the text of a key or certificate that is at hand as bytes: PEM in UTF-8 or, as some editors of Windows save it, in UTF-16. DER
 * becomes base64 of it, which the functions that load keys read.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { keyText, loadCertificate } from '@coupon-media/apiv3';
 *
 * const { serialNo } = loadCertificate(keyText(readFileSync('apiclient_cert.pem')));
 * console.log(serialNo.length); // 40
 * ```
 */
export function keyText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const base64 = first === 0x30 ? Buffer.from(bytes).toString('base64') : '';
  return decodedPem(base64) === undefined ? new TextDecoder().decode(bytes) : base64;
}
