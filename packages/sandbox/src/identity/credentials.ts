import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What a client in any language needs to call as a merchant. In the file, paths are relative to its folder. */
export interface CertificateModeCredentials {
  baseUrl: string;
  mchid: string;
  /** 40 hex digits. */
  certificateSerialNo: string;
  privateKeyPath: string;
  certificatePath: string;
  /** 32 characters. */
  apiV3Key: string;
  platformCertificatePath: string;
  platformCertificateSerialNo: string;
}

/** The content of `credentials.json`. */
export interface Credentials extends CertificateModeCredentials {
  /** `PUB_KEY_ID_…` */
  wechatPayPublicKeyId: string;
  wechatPayPublicKeyPath: string;
}

/** The name of the file in a sandbox's folder. */
export const CREDENTIALS_FILE = 'credentials.json';

/** The same of the merchant whose responses are signed with the platform certificate. */
export const CERTIFICATE_MODE_FILE = 'certificate-mode.json';

/** The same as `CREDENTIALS_FILE`, as variables: for `$GITHUB_ENV`, `docker run --env-file`, `node --env-file` and shells. */
export const ENVIRONMENT_FILE = 'credentials.env';

/**
 * @param credentials with absolute paths
 * @returns lines `COUPON_MEDIA_MCHID=1900000001`, by the names that `coupon-media upload` and the samples read
 */
export function environmentLines(credentials: Credentials): string {
  const variables = {
    COUPON_MEDIA_BASE_URL: credentials.baseUrl,
    COUPON_MEDIA_MCHID: credentials.mchid,
    COUPON_MEDIA_CERTIFICATE_SERIAL_NO: credentials.certificateSerialNo,
    COUPON_MEDIA_PRIVATE_KEY: credentials.privateKeyPath,
    COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID: credentials.wechatPayPublicKeyId,
    COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY: credentials.wechatPayPublicKeyPath,
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
}

/** Docker and GitHub take quotation marks for a part of the value, so that only a path which a shell would split has them. */
function quoted(value: string): string {
  return /^[\w./:\\-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

const PATHS = [
  'privateKeyPath',
  'certificatePath',
  'wechatPayPublicKeyPath',
  'platformCertificatePath',
] as const;

/**
 * Reads a credentials file.
 *
 * @returns the credentials with absolute paths
 * @throws an error of the file system, or SyntaxError if the file is not JSON
 */
export async function readCredentials(file: string): Promise<Credentials> {
  return absolute(JSON.parse(await readFile(file, 'utf8')) as Credentials, path.dirname(path.resolve(file)));
}

/** @returns credentials whose paths begin with their folder */
export function absolute<Given extends CertificateModeCredentials>(
  credentials: Given,
  folder: string,
): Given {
  const paths = PATHS.flatMap((name) => {
    const value: unknown = Reflect.get(credentials, name);
    return typeof value === 'string' ? [[name, path.resolve(folder, value)]] : [];
  });
  return { ...credentials, ...Object.fromEntries(paths) };
}
