import path from 'node:path';
import { type Credentials, ENVIRONMENT_FILE } from '../identity/credentials.js';

export interface SandboxPlace {
  /** With absolute paths. */
  readonly credentials: Credentials;
  readonly folder: string;
}

/** What a first upload needs, for whoever looks at the sandbox. The APIv3 key is not needed, and private keys are named by their paths. */
export function credentialsView({ credentials, folder }: SandboxPlace): object {
  const { baseUrl, mchid, certificateSerialNo, privateKeyPath } = credentials;
  const { wechatPayPublicKeyId, wechatPayPublicKeyPath } = credentials;
  return {
    ...{ baseUrl, mchid, certificateSerialNo, privateKeyPath, wechatPayPublicKeyId, wechatPayPublicKeyPath },
    environmentPath: path.join(folder, ENVIRONMENT_FILE),
  };
}
