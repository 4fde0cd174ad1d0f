import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

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
export class KeyFormatError extends Error {
  override readonly name = 'KeyFormatError';
  readonly code = 'KEY_FORMAT';
}

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

/**
 * Gives the canonical form in which key ids are compared: hex serials in upper case, other ids unchanged.
 *
 * @example
 * ```ts
 * import { canonicalKeyId } from '@coupon-media/apiv3';
 *
 * console.log(canonicalKeyId('1dde55ad98ed71d6')); // '1DDE55AD98ED71D6'
 * ```
 */
export function canonicalKeyId(keyId: string): string {
  return /^[0-9a-f]+$/i.test(keyId) ? keyId.toUpperCase() : keyId;
}

type Wanted = 'private key' | 'public key' | 'certificate';

const WANTED: Record<Wanted, string> = {
  'private key': "a private key (PKCS#8 or PKCS#1 PEM): the merchant's is apiclient_key.pem",
  'public key': 'a public key (SPKI or PKCS#1 PEM): the WeChat Pay public key is pub_key.pem',
  certificate: "an X.509 certificate (PEM): the merchant's is apiclient_cert.pem",
};

/** PEM labels: what each is, and which request it satisfies. */
const LABELS: Record<string, { is: string; gives?: Wanted }> = {
  'PRIVATE KEY': { is: 'a private key', gives: 'private key' },
  'RSA PRIVATE KEY': { is: 'a private key', gives: 'private key' },
  'PUBLIC KEY': { is: 'a public key', gives: 'public key' },
  'RSA PUBLIC KEY': { is: 'a public key', gives: 'public key' },
  CERTIFICATE: { is: 'an X.509 certificate', gives: 'certificate' },
  'ENCRYPTED PRIVATE KEY': { is: 'an encrypted private key; decrypt it first (openssl pkey -in … -out …)' },
  'EC PRIVATE KEY': { is: 'an elliptic-curve key, where APIv3 signs with RSA' },
  'EC PARAMETERS': { is: 'an elliptic-curve key, where APIv3 signs with RSA' },
  'OPENSSH PRIVATE KEY': { is: "OpenSSH's own kind of private key" },
  'CERTIFICATE REQUEST': { is: 'a certificate request, not yet a certificate' },
  'NEW CERTIFICATE REQUEST': { is: 'a certificate request, not yet a certificate' },
};

function parsed<T>(text: string, wanted: Wanted, parse: (text: string) => T): T {
  const pem = text.includes('-----BEGIN') ? text : (decodedPem(text) ?? text);
  const [, label, content = ''] = PEM_BLOCK.exec(pem) ?? [];
  if (label === undefined)
    throw new KeyFormatError(`expected ${WANTED[wanted]}; this text ${unlabelled(pem)}`);
  const kind = content.includes('Proc-Type: 4,ENCRYPTED') ? 'ENCRYPTED PRIVATE KEY' : label;
  const found = LABELS[kind] ?? { is: `"${kind}"` };
  if (found.gives !== wanted) throw new KeyFormatError(`expected ${WANTED[wanted]}; this is ${found.is}`);
  try {
    return parse(rewrapped(kind, content));
  } catch (cause) {
    throw new KeyFormatError(`this ${wanted} is damaged or cut short; expected ${WANTED[wanted]}`, { cause });
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

/** The first block, up to its end line or, if that is missing, up to the end of the text. */
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)(?:-----END \1-----|$)/;

// Environment variables and YAML often carry PEM text whose line feeds became \n, spaces or nothing.
function rewrapped(label: string, content: string): string {
  const base64 = content.replace(/\\[rn]|\s/g, '');
  return `-----BEGIN ${label}-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

function unlabelled(text: string): string {
  if (text.trim() === '') return 'is empty';
  if (/^\s*data:/i.test(text)) return 'is a data URL; give what it holds, as PEM text or base64 of it';
  if (isKeyText(text)) return 'is base64 of something else (a .p12 file?), or damaged or cut short';
  // PKCS#12 and DER both begin with a long ASN.1 SEQUENCE, decoded here as Latin-1 or as UTF-8.
  if (/^0[\u0080-\u0084\ufffd]/.test(text)) {
    return 'is binary (a .p12 or DER file?), where PEM begins with -----BEGIN';
  }
  return 'has no -----BEGIN line, so it is not PEM';
}

function strongRsa(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') {
    throw new KeyFormatError(`APIv3 signs with RSA; this key is ${key.asymmetricKeyType}`);
  }
  const bits = Number(key.asymmetricKeyDetails?.modulusLength);
  if (!(bits >= 2048)) throw new KeyFormatError(`APIv3 keys have 2048 bits; this one has ${bits}`);
  return key;
}

function unixSeconds(date: string): number {
  return Math.floor(Date.parse(date) / 1000);
}

/**
 * Tells whether a text is a key or a certificate, not the path of one: PEM, or base64 of PEM or DER, as secret managers and
 * environment variables carry it. It need not be complete.
 *
 * @example
 * ```ts
 * import { isKeyText } from '@coupon-media/apiv3';
 *
 * console.log(isKeyText('apiclient_key.pem')); // false
 * ```
 */
export function isKeyText(text: string): boolean {
  return text.includes('-----BEGIN') || decodedKey(text) !== undefined;
}

/** Decodes base64 of a key or a certificate to PEM text or DER bytes. */
function decodedKey(text: string): { pem: string } | { der: Uint8Array } | undefined {
  const bare = text.replace(/\s|\\[rn]/g, '');
  if (bare.length < SHORTEST || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(bare)) return undefined;
  const bytes = Buffer.from(bare, 'base64');
  const pem = bytes.toString('latin1').trimStart();
  if (pem.startsWith('-----BEGIN')) return { pem };
  // Each of them is an ASN.1 SEQUENCE whose length takes two bytes.
  return bytes[0] === 0x30 && bytes[1] === 0x82 ? { der: bytes } : undefined;
}

/** Base64 with fewer characters is too short for any RSA key. */
const SHORTEST = 64;
