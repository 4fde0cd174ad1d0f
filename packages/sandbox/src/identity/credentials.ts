import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * The content of `credentials.json`, which is all that a client in any language needs. Paths are relative to the file's
 * folder.
 */
export interface Credentials {
  baseUrl: string;
  mchid: string;
  /** 40 hex digits. */
  certificateSerialNo: string;
  privateKeyPath: string;
  certificatePath: string;
  /** 32 characters. */
  apiV3Key: string;
  /** `PUB_KEY_ID_…` */
  wechatPayPublicKeyId: string;
  wechatPayPublicKeyPath: string;
  platformCertificatePath: string;
  platformCertificateSerialNo: string;
}

/** The name of the file in a sandbox's folder. */
export const CREDENTIALS_FILE = 'credentials.json';

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
  const credentials = JSON.parse(await readFile(file, 'utf8')) as Credentials;
  const folder = path.dirname(path.resolve(file));
  for (const name of PATHS) credentials[name] = path.resolve(folder, credentials[name]);
  return credentials;
}
