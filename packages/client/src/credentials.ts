import { readFileSync } from 'node:fs';
import {
  type Certificate,
  createSigner,
  fileErrorReason,
  isKeyPair,
  isKeyText,
  isPlainPath,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  type PrivateKey,
  type PublicKey,
  pathFault,
  redacted,
  type SchemeName,
  type Signer,
  withoutPath,
} from '@coupon-media/apiv3';
import { OptionError } from './errors.js';

/** One WeChat Pay public key as the merchant admin provides it: an id and `pub_key.pem`. */
export interface WechatPayPublicKey {
  /** `PUB_KEY_ID_…`. */
  id: string;
  /** PEM text or base64 of it; or give `publicKeyPath`. */
  publicKey?: string | undefined;
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
   * The API certificate (`apiclient_cert.pem`): PEM text, base64 of it, or a path. The client reads its serial and compares the
   * key with it.
   */
  certificate?: string | undefined;
  /**
   * The API key: PEM text of `apiclient_key.pem` or base64 of it, or a Signer that holds it elsewhere; or give
   * `privateKeyPath`.
   */
  privateKey?: string | Signer | undefined;
  privateKeyPath?: string | URL | undefined;
  /** Keys that verify responses. The client asks the service to sign responses with the first. */
  wechatPayPublicKeys?: readonly WechatPayPublicKey[] | undefined;
  /** Platform certificates, for merchants in certificate mode: PEM texts, base64 of them, or paths. */
  wechatPayCertificates?: readonly string[] | undefined;
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

function readDownload({ apiV3Key, wechatPayPublicKeys, downloadCertificates }: CredentialOptions) {
  if (apiV3Key !== undefined && Buffer.byteLength(apiV3Key) !== 32) {
    throw new OptionError(
      'apiV3Key',
      `has 32 characters, as set in merchant admin; this has ${apiV3Key.length}`,
    );
  }
  const wanted = downloadCertificates ?? (apiV3Key !== undefined && !wechatPayPublicKeys?.length);
  if (!wanted) return undefined;
  if (apiV3Key === undefined) {
    throw new OptionError('downloadCertificates', 'needs apiV3Key, which opens them');
  }
  return { apiV3Key };
}

function readCaller({ mchid, brandId }: CredentialOptions): Pick<CallerIdentity, 'scheme' | 'id'> {
  if ((mchid === undefined) === (brandId === undefined)) {
    throw new OptionError(
      'mchid',
      'give either mchid (merchants and service providers) or brandId (brand merchants), one of the two',
    );
  }
  const [option, scheme, id] =
    mchid === undefined ? (['brandId', 'brand', brandId] as const) : (['mchid', 'merchant', mchid] as const);
  if (typeof id !== 'string' || !/^[0-9A-Za-z]{1,32}$/.test(id)) {
    throw new OptionError(option, `must be 1 to 32 digits or letters, not ${redacted(id).en}`);
  }
  return { scheme, id };
}

function readSigner(
  options: CredentialOptions,
  certificate: Certificate | undefined,
): { signer: Signer; privateKey: PrivateKey | undefined } {
  const { privateKey } = options;
  if (typeof privateKey === 'object') {
    const serialNo = readSerialNo(options, certificate, privateKey.keyId);
    const signer = { keyId: serialNo, sign: (message: Uint8Array) => privateKey.sign(message) };
    return { signer, privateKey: undefined };
  }
  const serialNo = readSerialNo(options, certificate);
  const key = readPrivateKey(options);
  if (certificate && !isKeyPair(key, certificate.publicKey)) {
    throw new OptionError(
      'certificate',
      'does not belong to the private key; give the apiclient_cert.pem that came with this apiclient_key.pem',
    );
  }
  return { signer: createSigner(serialNo, key), privateKey: key };
}

function readCertificate({ certificate }: CredentialOptions): Certificate | undefined {
  if (certificate === undefined) return undefined;
  return parsedPem('certificate', textOrFile('certificate', certificate), loadCertificate);
}

function readPrivateKey({ privateKey, privateKeyPath }: CredentialOptions): PrivateKey {
  if (typeof privateKey === 'string' && privateKeyPath === undefined) {
    return parsedPem('privateKey', privateKey, loadPrivateKey, 'a path belongs in privateKeyPath');
  }
  if (privateKey === undefined && privateKeyPath !== undefined) {
    return parsedPem('privateKeyPath', fileText('privateKeyPath', privateKeyPath), loadPrivateKey);
  }
  throw new OptionError(
    'privateKey',
    'give either privateKey (PEM text or a Signer) or privateKeyPath (apiclient_key.pem), one of the two',
  );
}

function readSerialNo(
  { certificateSerialNo }: CredentialOptions,
  certificate: Certificate | undefined,
  signerKeyId?: string,
): string {
  const serialNo = certificateSerialNo ?? certificate?.serialNo ?? signerKeyId;
  if (serialNo === undefined) {
    throw new OptionError(
      'certificateSerialNo',
      'is missing; give it in hex (openssl x509 -in apiclient_cert.pem -noout -serial), or give certificate',
    );
  }
  const fault = serialFault(serialNo);
  if (fault) throw new OptionError('certificateSerialNo', fault);
  for (const other of [certificate?.serialNo, signerKeyId]) {
    if (other !== undefined && other.toUpperCase() !== serialNo.toUpperCase()) {
      throw new OptionError(
        'certificateSerialNo',
        `is ${serialNo}, and the key is that of ${other}; leave it out`,
      );
    }
  }
  return serialNo;
}

/** Says what is wrong with a serial (contract 2.7), and what to give instead. */
function serialFault(serialNo: string): string | undefined {
  if (/^PUB_KEY_ID_/i.test(serialNo)) {
    return 'is the id of a WeChat Pay public key; give the serial of your own API certificate';
  }
  const bare = serialNo.replace(/[\s:]|^0x/gi, '');
  if (bare !== serialNo && /^[0-9a-f]+$/i.test(bare))
    return `has separators or a prefix; give ${bare.toUpperCase()}`;
  // A serial of 40 hex digits has 45 to 49 decimal digits.
  if (/^\d{41,50}$/.test(serialNo)) {
    return `is decimal; in hex it is ${BigInt(serialNo).toString(16).toUpperCase()}`;
  }
  if (!/^[0-9a-f]{8,40}$/i.test(serialNo)) return 'must be 8 to 40 hex digits, usually 40';
  return undefined;
}

function readPlatformKeys(options: CredentialOptions, downloads: boolean): PlatformKey[] {
  const keys = [
    ...(options.wechatPayPublicKeys ?? []).map(readPublicKey),
    ...(options.wechatPayCertificates ?? []).map(readPlatformCertificate),
  ];
  if (keys.length > 0 || downloads) return keys;
  throw new OptionError(
    'wechatPayPublicKeys',
    'is missing, so no response could be verified; give [{ id: "PUB_KEY_ID_…", publicKeyPath: "pub_key.pem" }] ' +
      'from merchant admin; in certificate mode apiV3Key or wechatPayCertificates',
  );
}

function readPublicKey({ id, publicKey, publicKeyPath }: WechatPayPublicKey, at: number): PlatformKey {
  const option = `wechatPayPublicKeys[${at}]`;
  if (!/^PUB_KEY_ID_[0-9A-Za-z]+$/.test(id)) {
    throw new OptionError(
      `${option}.id`,
      `must be PUB_KEY_ID_ and digits, as merchant admin shows it beside the key, not ${redacted(id).en}`,
    );
  }
  if (publicKey !== undefined && publicKeyPath === undefined) {
    const hint = 'a path belongs in publicKeyPath';
    return { id, publicKey: parsedPem(`${option}.publicKey`, publicKey, loadPublicKey, hint) };
  }
  if (publicKey === undefined && publicKeyPath !== undefined) {
    const path = `${option}.publicKeyPath`;
    return { id, publicKey: parsedPem(path, fileText(path, publicKeyPath), loadPublicKey) };
  }
  throw new OptionError(option, 'give either publicKey (PEM text) or publicKeyPath, one of the two');
}

function readPlatformCertificate(certificate: string, at: number): PlatformKey {
  const option = `wechatPayCertificates[${at}]`;
  const { serialNo, ...read } = parsedPem(option, textOrFile(option, certificate), loadCertificate);
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
    const instead = GIVEN_INSTEAD.find(([form]) => form.test(option))?.[1] ?? 'give a path, or PEM text';
    throw new OptionError(option, `this is ${fault.en}; ${instead}`);
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = fileErrorReason(cause);
    if (typeof path !== 'string' || isPlainPath(path))
      throw new OptionError(option, `cannot be read: ${reason}: ${path}`, cause);
    const remark = 'the given text does not look like the path of a key file and is not repeated here';
    throw new OptionError(option, `cannot be read: ${reason}; ${remark}`, withoutPath(cause));
  }
}

/** The option that takes the key itself, for each option that takes a path. */
const GIVEN_INSTEAD: readonly (readonly [option: RegExp, instead: string])[] = [
  [/^privateKeyPath$/, 'PEM text, or base64 of it, belongs in privateKey'],
  [/publicKeyPath$/, 'PEM text, or base64 of it, belongs in publicKey'],
];

function parsedPem<T>(option: string, pem: string, load: (pem: string) => T, hint?: string): T {
  try {
    return load(pem);
  } catch (cause) {
    const remedy = hint !== undefined && !isKeyText(pem) ? `; ${hint}` : '';
    throw new OptionError(option, `${(cause as Error).message}${remedy}`, cause);
  }
}
