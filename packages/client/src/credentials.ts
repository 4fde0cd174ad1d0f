import {
  filled,
  loadCertificate,
  loadPublicKey,
  type PublicKey,
  publicKeyOf,
  publishedKeyName,
  redacted,
  type SchemeName,
  type Text,
} from '@coupon-media/apiv3';
import { OptionError } from './errors.js';
import { asText, fileText, parsedPem, textOrFile } from './key-text.js';
import { type OwnKey, type OwnKeyOptions, readOwnKey } from './own-key.js';
import { createOwnKeys, type NextCertificate, type OwnKeys, readNextCertificate } from './rotation.js';

/** One WeChat Pay public key as the merchant admin provides it: an id and `pub_key.pem`. */
export interface WechatPayPublicKey {
  /** `PUB_KEY_ID_…`. */
  id: string;
  /** PEM as text or bytes, or base64 of it, or DER; or give `publicKeyPath`. */
  publicKey?: string | Uint8Array | undefined;
  publicKeyPath?: string | URL | undefined;
}

/** The caller, its key, and the keys of trusted responses. */
export interface CredentialOptions extends OwnKeyOptions {
  /** The merchant's number; or give `brandId`. */
  mchid?: string | undefined;
  /** The brand's id, for the `/brand/…` endpoints and their scheme (contract 2.10). */
  brandId?: string | undefined;
  /**
   * Further API certificates with their keys, each in use from its moment on, so that a certificate is changed without a restart. The
   * same as {@link Client.addCertificate}.
   */
  nextCertificates?: readonly NextCertificate[] | undefined;
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

/** The caller. */
export interface CallerIdentity {
  scheme: SchemeName;
  /** mchid or brand_id. */
  id: string;
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
  /** The keys that prove it, each from its moment on. */
  ownKeys: OwnKeys;
  platformKeys: readonly PlatformKey[];
  apiV3Key: string | undefined;
  /** The key that decrypts fetched certificates; undefined if none are fetched. */
  certificateDownload: { apiV3Key: string } | undefined;
}

/** @throws OptionError */
export function readCredentials(options: CredentialOptions): CallerCredentials {
  const certificateDownload = readDownload(options);
  const ownKeys = createOwnKeys(readOwnKey(options));
  for (const [at, next] of (options.nextCertificates ?? []).entries())
    ownKeys.add(readNextCertificate(next, `nextCertificates[${at}].`));
  return {
    identity: readCaller(options),
    ownKeys,
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
export function refusePublishedKeys({ ownKeys, platformKeys }: CallerCredentials): void {
  for (const own of ownKeys.all()) refusePublishedKey(own);
  for (const { id, publicKey } of platformKeys) {
    const option = /^PUB_KEY_ID_/.test(id) ? 'wechatPayPublicKeys' : 'wechatPayCertificates';
    refusePublished(option, publicKey);
  }
}

/** @throws OptionError */
export function refusePublishedKey({ privateKey, certificate }: OwnKey): void {
  const own = privateKey ? publicKeyOf(privateKey) : certificate?.publicKey;
  if (own) refusePublished('privateKey', own);
}

function refusePublished(option: string, publicKey: PublicKey): void {
  const key = publishedKeyName(publicKey);
  if (key) throw new OptionError(option, filled(TEXTS.published, { key }));
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
  onePublicKey: {
    'zh-CN': '请提供 publicKey（PEM 文本）或 publicKeyPath，二选一',
    en: 'give either publicKey (PEM text) or publicKeyPath, one of the two',
  },
  pathIntoPublicKeyPath: { 'zh-CN': '路径请放在 publicKeyPath 中', en: 'a path belongs in publicKeyPath' },
  noPlatformKey: {
    'zh-CN':
      '未提供，无法对应答验签；请按商户平台显示的提供 [{ id: "PUB_KEY_ID_…", publicKeyPath: "pub_key.pem" }]；平台证书模式请提供 apiV3Key 或 wechatPayCertificates',
    en: 'is missing, so no response could be verified; give [{ id: "PUB_KEY_ID_…", publicKeyPath: "pub_key.pem" }] from merchant admin; in certificate mode apiV3Key or wechatPayCertificates',
  },
  publicKeyIdMalformed: {
    'zh-CN': '应为 PUB_KEY_ID_ 加数字，见商户平台中公钥旁边的显示；当前是 {id}',
    en: 'must be PUB_KEY_ID_ and digits, as merchant admin shows it beside the key, not {id}',
  },
} as const satisfies Record<string, Text>;
