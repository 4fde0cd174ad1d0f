import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uploadEndpoints } from '@coupon-media/apiv3';
import type { Publish, Route, ServiceLog } from '@coupon-media/server';
import type { Engines } from '@coupon-media/server/engine';
import type { Journal } from '../journal/journal.js';
import type { ReceivedRequest } from '../journal/received-request.js';
import { SandboxError } from '../run/sandbox-error.js';
import { createPublishing } from './publishing.js';
import { outcomeOfEvent, outcomeOfRequest } from './recent.js';
import { recordDoor } from './record.js';

/** The plain door of a sandbox: images in, URLs out, for programs that have a token in place of a key. */
export interface SandboxDoor {
  /** Where images are sent to: `http://127.0.0.1:8787/v1/images`. */
  readonly url: string;
  /** A token that may upload and read; the same in each run of a folder. */
  readonly token: string;
}

export interface OpenDoor {
  readonly routes: readonly Route[];
  readonly token: string;
  /** For the signed door of the service, whose images are in the lists of the plain one. */
  readonly publish: Publish;
  /** Counts a request of the journal in `/v1/status`. */
  seen(request: ReceivedRequest): void;
  close(): Promise<void>;
}

export interface DoorPlace {
  readonly engines: Pick<Engines, 'database' | 'images' | 'quota'>;
  readonly folder: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly publicUrl: () => string;
  /** Names beside those of the loopback under which the sandbox is known. */
  readonly allowedHosts: readonly string[];
  readonly journal: Pick<Journal, 'plain'>;
  readonly log: ServiceLog;
  /** Uploads per second of a merchant; 0: no limit. */
  readonly perSecond: number;
}

/** The one account that its tokens are for. */
const ACCOUNT = 'sandbox';

const TOKEN = { name: ACCOUNT, account: ACCOUNT, scopes: ['upload', 'read'] } as const;

/** The file of a sandbox's folder with the token, beside the keys. */
const TOKEN_FILE = 'token.txt';

/**
 * Opens the door of `@coupon-media/door`, which is loaded only then.
 *
 * @param wanted `installed`: only if the package is there
 * @returns undefined if it is not wanted, or not there
 * @throws SandboxError with the code `DOOR` if the package is not there
 */
export async function openDoor(
  wanted: boolean | 'installed' | undefined,
  { engines, folder, now, publicUrl, allowedHosts, journal, log, perSecond }: DoorPlace,
): Promise<OpenDoor | undefined> {
  if (!wanted) return undefined;
  const loaded = await import('@coupon-media/door').catch((cause: unknown) => {
    if (wanted === true) throw new SandboxError('DOOR', MISSING, { cause });
  });
  if (!loaded) return undefined;
  const { database, images, quota } = engines;
  const recorder = recordDoor(journal);
  const records = loaded.createOwnImageRecords(database);
  const { publisher, publish } = createPublishing(ACCOUNT, publicUrl, records);
  const recent = loaded.createRecentUploads(now, () => ({ quota: perSecond }));
  function seen(request: ReceivedRequest): void {
    const outcome = outcomeOfRequest(request);
    if (outcome) recent.note({ account: ACCOUNT, outcome, milliseconds: request.milliseconds });
  }
  const door = await loaded.createDoor({
    ...{ database, images, quota, log, now, allowedHosts, publisher, records, recent },
    thumbnails: { folder: path.join(folder, 'thumbnails') },
    listener: {
      ...recorder.listener,
      uploaded(event) {
        recorder.listener.uploaded?.(event);
        const { account, milliseconds } = event;
        recent.note({ account, milliseconds, outcome: outcomeOfEvent(event) });
      },
    },
    // Its page has one user, who started the sandbox.
    withoutToken: TOKEN,
    accounts: { endpoints: (name) => (name === ACCOUNT ? ENDPOINTS : undefined) },
  });
  const opened = { routes: door.routes.map(recorder.around), publish, seen, close: door.close };
  const tokens = await loaded.openTokens(database, { now });
  const file = path.join(folder, TOKEN_FILE);
  const before = (await readFile(file, 'utf8').catch(() => '')).trim();
  const isKept = (await tokens.list()).some(
    ({ id, revokedAt }) => before.startsWith(`${id}_`) && revokedAt === undefined,
  );
  if (isKept) return { ...opened, token: before };
  const { text } = await tokens.create(TOKEN);
  await writeFile(file, `${text}\n`, { mode: 0o600 });
  return { ...opened, token: text };
}

const ENDPOINTS = uploadEndpoints.filter(({ scheme }) => scheme === 'merchant').map(({ name }) => name);

const MISSING = {
  en: 'the plain door is a package of its own: npm install @coupon-media/door',
  'zh-CN': '普通 HTTP 接口需要单独安装：npm install @coupon-media/door',
};
