import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { stateFolder } from '../profile/folders.js';
import { isLoopback } from '../profile/sandbox-profile.js';
import { CommandError } from '../shell/failure.js';
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

/** What was uploaded to one service as one merchant. A row that was added survives a crash. */
export interface Ledger {
  readonly file: string;
  /** @returns the row of the bytes with this digest that were sent */
  sent(sha256: string): LedgerRow | undefined;
  /** @returns the row of what was made of this source, prepared in this way */
  made(source: string): LedgerRow | undefined;
  /**
   * Sees to room for the next rows, before anything is sent.
   *
   * @throws what the file system says
   */
  reserve(): Promise<void>;
  /** Resolves when the row is on the disk. */
  add(row: LedgerRow): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a ledger, or begins one: a title line, then a JSON line for each upload. A last line that a crash tore is
 * dropped, and what was lost with it is sent again.
 *
 * @throws CommandError it is no ledger, another merchant's, or in use
 */
export async function openLedger(file: string, title: LedgerTitle): Promise<Ledger> {
  await mkdir(path.dirname(file), { recursive: true });
  const unlock = await lock(file);
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

interface Opened {
  file: string;
  title: LedgerTitle;
  unlock(): Promise<void>;
}

async function ledgerOn(handle: FileHandle, { file, title, unlock }: Opened): Promise<Ledger> {
  const { rows, wholeBytes } = await readFrom(handle, file);
  checkTitle(rows.title, title, file);
  // A link is followed to what is a ledger already, never to a file that would become one.
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

/** What is in a ledger that need not be there, for a look without a lock. */
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

/** Makes the file where it is not there, which follows no link; else what is there must be one. */
async function openToWrite(file: string): Promise<FileHandle> {
  const made = await open(file, 'wx+', 0o600).catch(present);
  return made ?? open(file, constants.O_RDWR | WITHOUT_WAITING);
}

/** Others may read what was uploaded, but not say so. Where the file is another's, it is that one's to close. */
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

/** What stands there may be a pipe; Windows knows no such flag. */
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
 * Where a ledger is unless told otherwise: in the folder of states, a file for each service and merchant. That of a
 * sandbox is beside its profile, since it holds for as long as the images in that folder.
 */
export function ledgerPath(
  { service, merchant }: LedgerTitle,
  profileFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): string {
  const { host } = new URL(service);
  const name = `ledger-${`${host}-${merchant}`.replace(/[^\w.-]+/g, '_')}.jsonl`;
  return isLoopback(service) && profileFile !== undefined
    ? path.join(path.dirname(profileFile), name)
    : path.join(stateFolder(environment), name);
}
