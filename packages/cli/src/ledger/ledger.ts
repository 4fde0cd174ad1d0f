import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { isLoopbackUrl } from '@coupon-media/apiv3';
import { stateFolder } from '../profile/folders.js';
import { CommandError, reasonText } from '../shell/failure.js';
import { createAppender } from './append.js';
import {
  type LedgerRow,
  type LedgerText,
  type LedgerTitle,
  notOne,
  readLedgerText,
  TITLE_FORMAT,
  titleOf,
} from './format.js';
import { lock } from './lock.js';

/** The uploads to one service as one merchant. An added row survives a crash. */
export interface Ledger {
  readonly file: string;
  /** @returns the row of the uploaded bytes with this digest */
  sent(sha256: string): LedgerRow | undefined;
  /** @returns the row of the image that was prepared from this source with these options */
  made(source: string): LedgerRow | undefined;
  /**
   * Reserves space for the next rows, before anything is sent.
   *
   * @throws what the file system says
   */
  reserve(): Promise<void>;
  /** Resolves when the row is on the disk. */
  add(row: LedgerRow): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens or creates a ledger: a title line, then one JSON line per upload. If a crash cut off the last line, it is dropped, and
 * its image is sent again.
 *
 * @throws CommandError if it is not a ledger, belongs to another merchant, or is in use
 */
export async function openLedger(file: string, title: LedgerTitle): Promise<Ledger> {
  const unlock = await lockIn(file);
  let handle: FileHandle | undefined;
  try {
    handle = await openToWrite(file);
    return await ledgerOn(handle, { file, title, unlock });
  } catch (error) {
    await handle?.close();
    await unlock();
    throw error;
  }
}

/** @throws CommandError that names the ledger and a way out, and not the file of the lock */
async function lockIn(file: string): Promise<() => Promise<void>> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    return await lock(file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('ledger.noPlace', { file, why: reasonText(error) });
  }
}

interface Opened {
  file: string;
  title: LedgerTitle;
  unlock(): Promise<void>;
}

async function ledgerOn(handle: FileHandle, { file, title, unlock }: Opened): Promise<Ledger> {
  const { rows, wholeBytes } = await readFrom(handle, file);
  checkTitle(rows.title, title, file);
  // A link is followed only to an existing ledger, never to a file that would become one.
  if (!rows.title && (await lstat(file)).isSymbolicLink()) throw notOne(file);
  await closeToOthers(handle);
  await handle.truncate(wholeBytes);
  const lines = createAppender(handle, wholeBytes);
  if (!rows.title) await lines.append({ ...TITLE_FORMAT, ...title });
  const known = createIndex(rows.uploads);
  return {
    file,
    sent: known.sent,
    made: known.made,
    reserve: lines.reserve,
    async add(row) {
      await lines.append(row);
      known.add(row);
    },
    async close() {
      await lines.close();
      await handle.close();
      await unlock();
    },
  };
}

/** Reads a ledger, which need not exist, without a lock. */
export async function readLedger(file: string, title: LedgerTitle): Promise<Pick<Ledger, 'sent' | 'made'>> {
  const handle = await open(file, constants.O_RDONLY | WITHOUT_WAITING).catch(absent);
  if (!handle) return createIndex([]);
  try {
    const { rows } = await readFrom(handle, file);
    checkTitle(rows.title, title, file);
    return createIndex(rows.uploads);
  } finally {
    await handle.close();
  }
}

/**
 * Reads a whole ledger, for what takes its uploads over.
 *
 * @returns the service and the merchant that it belongs to, and its uploads
 * @throws CommandError if it is not a ledger
 */
export async function readLedgerFile(
  file: string,
): Promise<{ readonly title: LedgerTitle; readonly uploads: readonly LedgerRow[] }> {
  const handle = await open(file, constants.O_RDONLY | WITHOUT_WAITING);
  try {
    const { title, uploads } = (await readFrom(handle, file)).rows;
    if (!title) throw notOne(file);
    return { title, uploads };
  } finally {
    await handle.close();
  }
}

/** Creates the file if it does not exist, without following a link; else it opens the existing file. */
async function openToWrite(file: string): Promise<FileHandle> {
  const made = await open(file, 'wx+', 0o600).catch(present);
  return made ?? open(file, constants.O_RDWR | WITHOUT_WAITING);
}

/** Other users may read the ledger but not write to it. If another user owns the file, its mode stays unchanged. */
async function closeToOthers(handle: FileHandle): Promise<void> {
  const { mode } = await handle.stat();
  if ((mode & 0o022) !== 0) await handle.chmod(mode & 0o755).catch(() => {});
}

async function readFrom(handle: FileHandle, file: string): Promise<LedgerText> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw notOne(file);
  if (stats.size > LARGEST * 1024 * 1024)
    throw new CommandError('ledger.tooLarge', { file, mebibytes: LARGEST });
  return readLedgerText(await handle.readFile(), file);
}

/** Mebibytes: half a million uploads. */
const LARGEST = 256;

/** The file may be a pipe, which must not block. Windows has no such flag. */
const WITHOUT_WAITING = constants.O_NONBLOCK ?? 0;

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function present(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EEXIST') throw error;
}

function checkTitle(found: LedgerTitle | undefined, wanted: LedgerTitle, file: string): void {
  if (!found || titleOf(found) === titleOf(wanted)) return;
  throw new CommandError('ledger.another', { file, of: titleOf(found), wanted: titleOf(wanted) });
}

function createIndex(rows: readonly LedgerRow[]) {
  const bySha256 = new Map<string, LedgerRow>();
  const bySource = new Map<string, LedgerRow>();
  const add = (row: LedgerRow): void => {
    bySha256.set(row.sha256, row);
    if (row.source !== undefined) bySource.set(row.source, row);
  };
  rows.forEach(add);
  return {
    add,
    sent: (sha256: string) => bySha256.get(sha256),
    made: (source: string) => bySource.get(source),
  };
}

/**
 * The default path of a ledger: one file per service and merchant in the state folder. The ledger of a sandbox is beside its
 * profile, since it is valid only as long as the images in that folder.
 */
export function ledgerPath(
  { service, merchant }: LedgerTitle,
  profileFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): string {
  const { host } = new URL(service);
  const name = `ledger-${`${host}-${merchant}`.replace(/[^\w.-]+/g, '_')}.jsonl`;
  return isLoopbackUrl(service) && profileFile !== undefined
    ? path.join(path.dirname(profileFile), name)
    : path.join(stateFolder(environment), name);
}
