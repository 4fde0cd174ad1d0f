import { readFileSync } from 'node:fs';
import {
  type Certificate,
  canonicalKeyId,
  createSigner,
  errorText,
  fileErrorText,
  filled,
  isKeyPair,
  isKeyText,
  isPlainPath,
  keyText,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  type PrivateKey,
  type PublicKey,
  pathFault,
  publicKeyOf,
  publishedKeyName,
  redacted,
  type SchemeName,
  type Signer,
  type Text,
  withoutPath,
} from '@coupon-media/apiv3';
import { bytesOf } from './bytes.js';
import { OptionError } from './errors.js';

/** One WeChat Pay public key as the merchant admin provides it: an id and `pub_key.pem`. */
export interface WechatPayPublicKey {
  /** `PUB_KEY_ID_…`. */
  id: string;
  /** PEM as text or bytes, or base64 of it, or DER; or give `publicKeyPath`. */
  publicKey?: string | Uint8Array | undefined;
  publicKeyPath?: string | URL | undefined;
}

/** The caller, its key, and the keys of trusted responses. */
export interface CredentialOptions {
  /** The merchant's number; or give `brandId`. */
  mchid?: string | undefined;
  /** The brand's id, for the `/brand/…` endpoints and their scheme (contract 2.10). */
  brandId?: string | undefined;
  /** Serial of the API certificate in hex, as the merchant admin shows it. It may be left out if `certificate` is given. */
  certificateSerialNo?: string | undefined;
  /**
   * The API certificate (`apiclient_cert.pem`): PEM as text or bytes, base64 of it, DER, or a path. The client reads its serial and
   * compares the key with it.
   */
  certificate?: string | Uint8Array | undefined;
  /**
   * The API key: PEM of `apiclient_key.pem` as text or bytes, base64 of it, DER, or a Signer that holds it elsewhere; or give
   * `privateKeyPath`.
   */
  privateKey?: string | Uint8Array | Signer | undefined;
  privateKeyPath?: string | URL | undefined;
  /** Keys that verify responses. The client asks the service to sign responses with the first. */
  wechatPayPublicKeys?: readonly WechatPayPublicKey[] | undefined;
  /** Platform certificates, for merchants in certificate mode: PEM texts, base64 of them, or paths. */
  wechatPayCertificates?: readonly (string | Uint8Array)[] | undefined;
  /** The APIv3 key, 32 characters. It decrypts notifications and the platform's certificates. */
  apiV3Key?: string | undefined;
  /**
   * Whether to fetch the platform's certificates, and fetch them again every 12 hours (contract 11.1). It needs `apiV3Key`.
   * Default: true if there is an `apiV3Key` and no public key.
   */
  downloadCertificates?: boolean | undefined;
}

/** The caller and the signer that proves it. */
export interface CallerIdentity {
  scheme: SchemeName;
  /** mchid or brand_id. */
  id: string;
  signer: Signer;
}

/** A key of WeChat Pay. */
export interface PlatformKey {
  /** `PUB_KEY_ID_…`, or a certificate's serial. */
  id: string;
  publicKey: PublicKey;
  /** Unix seconds, of a certificate. */
  notBefore?: number;
  /** Unix seconds, of a certificate. */
  notAfter?: number;
}

/** The credentials that the options give, checked and read. */
export interface CallerCredentials {
  identity: CallerIdentity;
  /** Decrypts sensitive fields; undefined if it is not in memory. */
  privateKey: PrivateKey | undefined;
  /** The API certificate, if it was given. */
  certificate: Certificate | undefined;
  platformKeys: readonly PlatformKey[];
  apiV3Key: string | undefined;
  /** The key that decrypts fetched certificates; undefined if none are fetched. */
  certificateDownload: { apiV3Key: string } | undefined;
}

/** @throws OptionError */
export function readCredentials(options: CredentialOptions): CallerCredentials {
  const certificateDownload = readDownload(options);
  const certificate = readCertificate(options);
  const { signer, privateKey } = readSigner(options, certificate);
  return {
    identity: { ...readCaller(options), signer },
    privateKey,
    certificate,
    platformKeys: readPlatformKeys(options, certificateDownload !== undefined),
    apiV3Key: options.apiV3Key,
    certificateDownload,
  };
}

/**
 * Refuses keys that everybody can have, for hosts that are not this machine: with such a key anybody could sign as the merchant, or
 * forge a response.
 *
 * @throws OptionError that names the option and the key
 */
export function refusePublishedKeys({ privateKey, certificate, platformKeys }: CallerCredentials): void {
  const own = privateKey ? publicKeyOf(privateKey) : certificate?.publicKey;
  const given = [
    ...(own ? [['privateKey', own] as const] : []),
    ...platformKeys.map(
      ({ id, publicKey }) =>
        [/^PUB_KEY_ID_/.test(id) ? 'wechatPayPublicKeys' : 'wechatPayCertificates', publicKey] as const,
    ),
  ];
  for (const [option, publicKey] of given) {
    const key = publishedKeyName(publicKey);
    if (key) throw new OptionError(option, filled(TEXTS.published, { key }));
  }
}

function readDownload({ apiV3Key, wechatPayPublicKeys, downloadCertificates }: CredentialOptions) {
  if (apiV3Key !== undefined && Buffer.byteLength(apiV3Key) !== 32) {
    const hint = apiV3Key.trim().length === 32 ? TEXTS.whiteSpace : NO_HINT;
    throw new OptionError('apiV3Key', filled(TEXTS.apiV3KeyLength, { length: apiV3Key.length, hint }));
  }
  const wanted = downloadCertificates ?? (apiV3Key !== undefined && !wechatPayPublicKeys?.length);
  if (!wanted) return undefined;
  if (apiV3Key === undefined) {
    throw new OptionError('downloadCertificates', TEXTS.downloadWithoutKey);
  }
  return { apiV3Key };
}

function readCaller({ mchid, brandId }: CredentialOptions): Pick<CallerIdentity, 'scheme' | 'id'> {
  if ((mchid === undefined) === (brandId === undefined)) {
    throw new OptionError('mchid', TEXTS.oneCaller);
  }
  const [option, scheme, id] =
    mchid === undefined ? (['brandId', 'brand', brandId] as const) : (['mchid', 'merchant', mchid] as const);
  if (typeof id !== 'string' || !/^[0-9A-Za-z]{1,32}$/.test(id)) {
    throw new OptionError(option, filled(TEXTS.idMalformed, { id: redacted(id) }));
  }
  return { scheme, id };
}

function readSigner(
  options: CredentialOptions,
  certificate: Certificate | undefined,
): { signer: Signer; privateKey: PrivateKey | undefined } {
  const privateKey = asText(options.privateKey);
  if (typeof privateKey === 'object') {
    if (typeof privateKey.sign !== 'function') throw new OptionError('privateKey', TEXTS.onePrivateKey);
    const serialNo = readSerialNo(options, certificate, privateKey.keyId);
    const signer = { keyId: serialNo, sign: (message: Uint8Array) => privateKey.sign(message) };
    return { signer, privateKey: undefined };
  }
  const serialNo = readSerialNo(options, certificate);
  const key = readPrivateKey(options);
  if (certificate && !isKeyPair(key, certificate.publicKey)) {
    throw new OptionError('certificate', TEXTS.noPair);
  }
  return { signer: createSigner(serialNo, key), privateKey: key };
}

function readCertificate({ certificate }: CredentialOptions): Certificate | undefined {
  if (certificate === undefined) return undefined;
  return parsedPem('certificate', textOrFile('certificate', asText(certificate)), loadCertificate);
}

/** Bytes, as `readFileSync` returns them without an encoding, are the key itself and no path. */
function asText<Other>(given: Other | Uint8Array): Other | string {
  const bytes = bytesOf(given);
  return bytes ? keyText(bytes) : (given as Other);
}

function readPrivateKey({ privateKey: given, privateKeyPath }: CredentialOptions): PrivateKey {
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
  { certificateSerialNo }: CredentialOptions,
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

function readPlatformKeys(options: CredentialOptions, downloads: boolean): PlatformKey[] {
  const keys = [
    ...(options.wechatPayPublicKeys ?? []).map(readPublicKey),
    ...(options.wechatPayCertificates ?? []).map(readPlatformCertificate),
  ];
  if (keys.length > 0 || downloads) return keys;
  throw new OptionError('wechatPayPublicKeys', TEXTS.noPlatformKey);
}

function readPublicKey({ id, publicKey: given, publicKeyPath }: WechatPayPublicKey, at: number): PlatformKey {
  const publicKey = asText(given);
  const option = `wechatPayPublicKeys[${at}]`;
  if (!/^PUB_KEY_ID_[0-9A-Za-z]+$/.test(id)) {
    throw new OptionError(`${option}.id`, filled(TEXTS.publicKeyIdMalformed, { id: redacted(id) }));
  }
  if (publicKey !== undefined && publicKeyPath === undefined) {
    const hint = TEXTS.pathIntoPublicKeyPath;
    return { id, publicKey: parsedPem(`${option}.publicKey`, publicKey, loadPublicKey, hint) };
  }
  if (publicKey === undefined && publicKeyPath !== undefined) {
    const path = `${option}.publicKeyPath`;
    return { id, publicKey: parsedPem(path, fileText(path, publicKeyPath), loadPublicKey) };
  }
  throw new OptionError(option, TEXTS.onePublicKey);
}

function readPlatformCertificate(certificate: string | Uint8Array, at: number): PlatformKey {
  const option = `wechatPayCertificates[${at}]`;
  const { serialNo, ...read } = parsedPem(option, textOrFile(option, asText(certificate)), loadCertificate);
  return { id: serialNo, ...read };
}

function textOrFile(option: string, value: string): string {
  return isKeyText(value) ? value : fileText(option, value);
}

/**
 * Reads the text of a key file. The given path may be the key itself by mistake, so it appears in no message and in no cause.
 */
function fileText(option: string, path: string | URL): string {
  const fault = typeof path === 'string' ? pathFault(path) : undefined;
  if (fault) {
    const instead = GIVEN_INSTEAD.find(([form]) => form.test(option))?.[1] ?? TEXTS.pathOrPem;
    throw new OptionError(option, filled(TEXTS.notAPath, { fault, instead }));
  }
  try {
    return keyText(readFileSync(path));
  } catch (cause) {
    const reason = fileErrorText(cause);
    if (typeof path !== 'string' || isPlainPath(path))
      throw new OptionError(option, filled(TEXTS.unreadable, { reason, path: String(path) }), cause);
    throw new OptionError(option, filled(TEXTS.unreadableHidden, { reason }), withoutPath(cause));
  }
}

/** The option that takes the key itself, for each option that takes a path. */
const GIVEN_INSTEAD: readonly (readonly [option: RegExp, instead: Text])[] = [
  [
    /^privateKeyPath$/,
    {
      'zh-CN': 'PEM 文本或其 base64 请放在 privateKey 中',
      en: 'PEM text, or base64 of it, belongs in privateKey',
    },
  ],
  [
    /publicKeyPath$/,
    {
      'zh-CN': 'PEM 文本或其 base64 请放在 publicKey 中',
      en: 'PEM text, or base64 of it, belongs in publicKey',
    },
  ],
];

function parsedPem<T>(option: string, pem: string, load: (pem: string) => T, hint?: Text): T {
  try {
    return load(pem);
  } catch (cause) {
    const fault = errorText(cause);
    const isPath = hint !== undefined && !isKeyText(pem);
    throw new OptionError(option, isPath ? filled(TEXTS.withHint, { fault, hint }) : fault, cause);
  }
}

const NO_HINT: Text = { 'zh-CN': '', en: '' };

/** The sentences about credentials, and what to give. */
const TEXTS = {
  published: {
    'zh-CN': '是{key}，任何人都能得到它的私钥，只能用于本机（127.0.0.1、localhost）的服务',
    en: 'is {key}, whose private half everybody can have; it is for a service on this machine alone (127.0.0.1, localhost)',
  },
  apiV3KeyLength: {
    'zh-CN': '应为 32 个字符，与商户平台设置的一致；当前为 {length} 个字符{hint}',
    en: 'has 32 characters, as set in merchant admin; this has {length}{hint}',
  },
  whiteSpace: {
    'zh-CN': '，首尾有空白或换行，请去掉',
    en: ': remove the white space or the line feed around it',
  },
  downloadWithoutKey: {
    'zh-CN': '需要同时提供 apiV3Key，用于解密证书',
    en: 'needs apiV3Key, which opens them',
  },
  oneCaller: {
    'zh-CN': '请提供 mchid（商户、服务商）或 brandId（品牌商户），二选一',
    en: 'give either mchid (merchants and service providers) or brandId (brand merchants), one of the two',
  },
  idMalformed: {
    'zh-CN': '应为 1 到 32 位数字或字母，当前是 {id}',
    en: 'must be 1 to 32 digits or letters, not {id}',
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
  onePublicKey: {
    'zh-CN': '请提供 publicKey（PEM 文本）或 publicKeyPath，二选一',
    en: 'give either publicKey (PEM text) or publicKeyPath, one of the two',
  },
  pathIntoPrivateKeyPath: {
    'zh-CN': '路径请放在 privateKeyPath 中',
    en: 'a path belongs in privateKeyPath',
  },
  pathIntoPublicKeyPath: { 'zh-CN': '路径请放在 publicKeyPath 中', en: 'a path belongs in publicKeyPath' },
  pathOrPem: { 'zh-CN': '请提供路径或 PEM 文本', en: 'give a path, or PEM text' },
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
  noPlatformKey: {
    'zh-CN':
      '未提供，无法对应答验签；请按商户平台显示的提供 [{ id: "PUB_KEY_ID_…", publicKeyPath: "pub_key.pem" }]；平台证书模式请提供 apiV3Key 或 wechatPayCertificates',
    en: 'is missing, so no response could be verified; give [{ id: "PUB_KEY_ID_…", publicKeyPath: "pub_key.pem" }] from merchant admin; in certificate mode apiV3Key or wechatPayCertificates',
  },
  publicKeyIdMalformed: {
    'zh-CN': '应为 PUB_KEY_ID_ 加数字，见商户平台中公钥旁边的显示；当前是 {id}',
    en: 'must be PUB_KEY_ID_ and digits, as merchant admin shows it beside the key, not {id}',
  },
  notAPath: { 'zh-CN': '这是{fault}；{instead}', en: 'this is {fault}; {instead}' },
  unreadable: { 'zh-CN': '无法读取：{reason}：{path}', en: 'cannot be read: {reason}: {path}' },
  unreadableHidden: {
    'zh-CN': '无法读取：{reason}；当前值不像密钥文件的路径，已隐藏',
    en: 'cannot be read: {reason}; the given text does not look like the path of a key file and is not repeated here',
  },
  withHint: { 'zh-CN': '{fault}；{hint}', en: '{fault}; {hint}' },
} as const satisfies Record<string, Text>;
