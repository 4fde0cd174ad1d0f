import {
  type Certificate,
  canonicalKeyId,
  createSigner,
  createVerifier,
  filled,
  isKeyPair,
  loadCertificate,
  loadPrivateKey,
  type PrivateKey,
  type PublicKey,
  type Signer,
  type Text,
} from '@coupon-media/apiv3';
import { OptionError, SigningError } from './errors.js';
import { asText, fileText, parsedPem, textOrFile } from './key-text.js';

/** One API certificate of the caller with its key. */
export interface OwnKeyOptions {
  /** Serial of the API certificate in hex, as the merchant admin shows it. It may be left out if `certificate` is given. */
  certificateSerialNo?: string | undefined;
  /**
   * The API certificate (`apiclient_cert.pem`): PEM as text or bytes, base64 of it, DER, or a path. The client reads its serial and
   * compares the key with it; beside a Signer, each signature is verified with it before it is sent.
   */
  certificate?: string | Uint8Array | undefined;
  /**
   * The API key: PEM of `apiclient_key.pem` as text or bytes, base64 of it, DER, or a Signer that holds it elsewhere; or give
   * `privateKeyPath`.
   */
  privateKey?: string | Uint8Array | KeylessSigner | undefined;
  privateKeyPath?: string | URL | undefined;
}

/** A Signer, which may leave it to the other options which certificate it signs for. */
export type KeylessSigner = Pick<Signer, 'sign'> & Partial<Pick<Signer, 'keyId'>>;

/** A key of the caller, checked and read. */
export interface OwnKey {
  signer: Signer;
  /** Decrypts sensitive fields; undefined if it is not in memory. */
  privateKey: PrivateKey | undefined;
  /** The API certificate, if it was given. */
  certificate: Certificate | undefined;
}

/**
 * @param where what stands before the names of the options in an error
 * @throws OptionError
 */
export function readOwnKey(options: OwnKeyOptions, where = ''): OwnKey {
  try {
    const certificate = readCertificate(options);
    return { ...readSigner(options, certificate), certificate };
  } catch (error) {
    if (where === '' || !(error instanceof OptionError)) throw error;
    throw new OptionError(where + error.option, error.remedy, error.cause);
  }
}

function readSigner(
  options: OwnKeyOptions,
  certificate: Certificate | undefined,
): Pick<OwnKey, 'signer' | 'privateKey'> {
  const privateKey = asText(options.privateKey);
  if (typeof privateKey === 'object') {
    if (typeof privateKey.sign !== 'function') throw new OptionError('privateKey', TEXTS.onePrivateKey);
    const serialNo = readSerialNo(options, certificate, privateKey.keyId);
    return { signer: proven(privateKey, serialNo, certificate?.publicKey), privateKey: undefined };
  }
  const serialNo = readSerialNo(options, certificate);
  const key = readPrivateKey(options);
  if (certificate && !isKeyPair(key, certificate.publicKey)) {
    throw new OptionError('certificate', TEXTS.noPair);
  }
  return { signer: createSigner(serialNo, key), privateKey: key };
}

/**
 * What a device or a service signed is judged before it is sent: an alias of a KMS can be given another key at any time, and the
 * refusal would only be "signature wrong". Verifying takes 0.02 ms.
 */
function proven(signer: KeylessSigner, keyId: string, publicKey: PublicKey | undefined): Signer {
  const verifier = publicKey && createVerifier(keyId, publicKey);
  return {
    keyId,
    async sign(message) {
      const signature: unknown = await signer.sign(message);
      if (typeof signature !== 'string' || !BASE64.test(signature))
        throw new SigningError('unusable', TEXTS.noSignature);
      if (verifier && !verifier.verify(message, signature))
        throw new SigningError('wrongKey', filled(TEXTS.signedByAnother, { serialNo: keyId }));
      return signature;
    },
  };
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

function readCertificate({ certificate }: OwnKeyOptions): Certificate | undefined {
  if (certificate === undefined) return undefined;
  return parsedPem('certificate', textOrFile('certificate', asText(certificate)), loadCertificate);
}

function readPrivateKey({ privateKey: given, privateKeyPath }: OwnKeyOptions): PrivateKey {
  const privateKey = asText(given);
  if (typeof privateKey === 'string' && privateKeyPath === undefined) {
    return parsedPem('privateKey', privateKey, loadPrivateKey, TEXTS.pathIntoPrivateKeyPath);
  }
  if (privateKey === undefined && privateKeyPath !== undefined) {
    return parsedPem('privateKeyPath', fileText('privateKeyPath', privateKeyPath), loadPrivateKey);
  }
  throw new OptionError('privateKey', TEXTS.onePrivateKey);
}

function readSerialNo(
  { certificateSerialNo }: OwnKeyOptions,
  certificate: Certificate | undefined,
  signerKeyId?: string,
): string {
  const serialNo = certificateSerialNo ?? certificate?.serialNo ?? signerKeyId;
  if (serialNo === undefined) {
    throw new OptionError('certificateSerialNo', TEXTS.serialMissing);
  }
  const fault = serialFault(serialNo);
  if (fault) throw new OptionError('certificateSerialNo', fault);
  for (const other of [certificate?.serialNo, signerKeyId]) {
    if (other !== undefined && canonicalKeyId(other) !== canonicalKeyId(serialNo)) {
      throw new OptionError('certificateSerialNo', filled(TEXTS.serialOfAnother, { serialNo, other }));
    }
  }
  return serialNo;
}

/** Says what is wrong with a serial (contract 2.7), and what to give instead. */
function serialFault(serialNo: string): Text | undefined {
  if (/^PUB_KEY_ID_/i.test(serialNo)) return TEXTS.serialIsPublicKeyId;
  const bare = serialNo.replace(/[\s:]|^0x/gi, '');
  if (bare !== serialNo && /^[0-9a-f]+$/i.test(bare))
    return filled(TEXTS.serialSeparated, { bare: bare.toUpperCase() });
  // A serial of 40 hex digits has 45 to 49 decimal digits.
  if (/^\d{41,50}$/.test(serialNo)) {
    return filled(TEXTS.serialDecimal, { hex: BigInt(serialNo).toString(16).toUpperCase() });
  }
  if (!/^[0-9a-f]{8,40}$/i.test(serialNo)) return TEXTS.serialMalformed;
  return undefined;
}

const TEXTS = {
  noSignature: {
    'zh-CN': '签名失败：Signer 的 sign() 返回的不是一行 base64',
    en: 'the signer failed: its sign() returned something other than base64 on one line',
  },
  signedByAnother: {
    'zh-CN': '签名失败：Signer 所用的私钥与证书 {serialNo} 不匹配',
    en: 'the signer failed: it signs with another key than that of certificate {serialNo}',
  },
  noPair: {
    'zh-CN':
      '与私钥不匹配；请提供与该 apiclient_key.pem 同时生成的 apiclient_cert.pem。两条命令的输出应相同：openssl x509 -in apiclient_cert.pem -noout -pubkey 与 openssl pkey -in apiclient_key.pem -pubout',
    en: 'does not belong to the private key; give the apiclient_cert.pem that came with this apiclient_key.pem. These two must print the same: openssl x509 -in apiclient_cert.pem -noout -pubkey, and openssl pkey -in apiclient_key.pem -pubout',
  },
  onePrivateKey: {
    'zh-CN': '请提供 privateKey（PEM 文本或 Signer）或 privateKeyPath（apiclient_key.pem），二选一',
    en: 'give either privateKey (PEM text or a Signer) or privateKeyPath (apiclient_key.pem), one of the two',
  },
  pathIntoPrivateKeyPath: {
    'zh-CN': '路径请放在 privateKeyPath 中',
    en: 'a path belongs in privateKeyPath',
  },
  serialMissing: {
    'zh-CN':
      '未提供；请提供十六进制的序列号（openssl x509 -in apiclient_cert.pem -noout -serial），或提供 certificate',
    en: 'is missing; give it in hex (openssl x509 -in apiclient_cert.pem -noout -serial), or give certificate',
  },
  serialOfAnother: {
    'zh-CN': '是 {serialNo}，而密钥属于 {other}；可以不设置此项',
    en: 'is {serialNo}, and the key is that of {other}; leave it out',
  },
  serialIsPublicKeyId: {
    'zh-CN': '是微信支付公钥 ID；请提供商户自己的 API 证书序列号',
    en: 'is the id of a WeChat Pay public key; give the serial of your own API certificate',
  },
  serialSeparated: {
    'zh-CN': '带有分隔符或前缀；请改为 {bare}',
    en: 'has separators or a prefix; give {bare}',
  },
  serialDecimal: { 'zh-CN': '写成了十进制，十六进制为 {hex}', en: 'is decimal; in hex it is {hex}' },
  serialMalformed: {
    'zh-CN': '应为 8 到 40 位十六进制数，通常为 40 位',
    en: 'must be 8 to 40 hex digits, usually 40',
  },
} as const satisfies Record<string, Text>;
