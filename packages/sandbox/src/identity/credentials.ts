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
