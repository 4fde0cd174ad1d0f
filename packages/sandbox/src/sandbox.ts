import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  openEmbeddedMerchants,
  PUBLIC_URL_SETTING,
  readConfig,
  type Service,
  StartError,
  startService,
} from '@coupon-media/server';
import { CREDENTIALS_FILE, type Credentials, readCredentials } from './identity/credentials.js';
import { ensureIdentity, type SandboxIdentity, writeCredentials } from './identity/identity.js';

export interface SandboxOptions {
  /** The folder of the sandbox. It is created if it is missing. */
  folder: string;
  /** Default: the port of the folder's URLs; in a new folder 8787 or the next free one. 0 takes any free port. */
  port?: number | undefined;
  /** Uploads per second. Default: 0, no limit. */
  quota?: number | undefined;
}

/** A sandbox that is running. */
export interface Sandbox {
  /** An absolute path. */
  readonly folder: string;
  /** The path of `credentials.json`. */
  readonly credentialsPath: string;
  /** The content of `credentials.json`, with absolute paths. */
  readonly credentials: Credentials;
  /** The preferred port, if it was in use and the next free one was taken. */
  readonly takenPort: number | undefined;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const FIRST_PORT = 8787;
const PORTS_TRIED = 100;

/**
 * Starts a whole service for development. On the first run it generates a merchant, the merchant's keys and the
 * platform's keys.
 *
 * @returns the running sandbox, with the credentials that a client needs
 * @throws StartError if the port is in use, FolderInUseError if another service has the folder, or an error of its
 *   store
 * @example
 * ```ts
 * import { startSandbox } from '@coupon-media/sandbox';
 *
 * const sandbox = await startSandbox({ folder: '.coupon-media' });
 * console.log(sandbox.credentials.baseUrl);
 * await sandbox.stop();
 * ```
 */
export async function startSandbox({ folder, port, quota = 0 }: SandboxOptions): Promise<Sandbox> {
  const data = path.resolve(folder);
  const { identity, kept } = await prepareFolder(data);
  const wanted = port ?? kept ?? FIRST_PORT;
  if (kept !== undefined && wanted !== kept) {
    throw new StartError('PUBLIC_URL_DIFFERS', {
      en: `the images in ${folder} have URLs with port ${kept}; omit --port, or use another --data folder for port ${wanted}`,
      'zh-CN': `${folder} 中图片的 URL 使用端口 ${kept}；请去掉 --port，或为端口 ${wanted} 另用一个 --data 目录`,
    });
  }
  const searching = kept === undefined && port === undefined;
  const service = await startOnFreePort(data, wanted, searching ? PORTS_TRIED : 1, quota).catch((error) => {
    throw kept !== undefined && isPortTaken(error) ? keptPortTaken(folder, kept, error) : error;
  });
  const credentialsPath = path.join(data, CREDENTIALS_FILE);
  await writeCredentials(data, { baseUrl: `http://${HOST}:${service.address.port}`, ...identity });
  return {
    folder: data,
    credentialsPath,
    credentials: await readCredentials(credentialsPath),
    takenPort: service.address.port === wanted || wanted === 0 ? undefined : wanted,
    stop: () => service.stop(),
  };
}

/** @returns the identities of merchant and platform, and the port in the folder's URLs if it has given any */
async function prepareFolder(
  folder: string,
): Promise<{ identity: SandboxIdentity; kept: number | undefined }> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  const records = await openEmbeddedMerchants({ folder });
  try {
    const identity = await ensureIdentity(folder, records, new Date());
    const publicUrl = await records.setting(PUBLIC_URL_SETTING);
    return { identity, kept: publicUrl === undefined ? undefined : Number(new URL(publicUrl).port || 80) };
  } finally {
    await records.close();
  }
}

async function startOnFreePort(data: string, first: number, tries: number, quota: number): Promise<Service> {
  for (let port = first; ; port += 1) {
    try {
      return await startService(
        readConfig({ data, host: HOST, port, quotaPerSecond: quota, logLevel: 'warn' }, {}),
      );
    } catch (error) {
      if (!isPortTaken(error) || port + 1 >= first + tries) throw error;
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof StartError && error.code === 'PORT_TAKEN';
}

/** Another port would not help, because this one is part of the URLs of the folder's images. */
function keptPortTaken(folder: string, port: number, cause: unknown): StartError {
  return new StartError(
    'PORT_TAKEN',
    {
      en: `port ${port} on ${HOST} is in use, and the images in ${folder} have URLs with it; stop the program that uses the port, or use another folder with --data (npm start -- --data DIR)`,
      'zh-CN': `${HOST} 的端口 ${port} 已被占用，而 ${folder} 中图片的 URL 使用该端口；请停止占用它的程序，或用 --data 另选一个目录（npm start -- --data 目录）`,
    },
    { cause },
  );
}
