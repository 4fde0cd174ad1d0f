import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { CommandError } from '../failure.js';
import { createAppender } from './append.js';
import { type LedgerRow, type LedgerTitle, readLedgerText, TITLE_FORMAT, titleOf } from './format.js';
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
  try {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    const { rows, wholeBytes } = readLedgerText(await handle.readFile(), file);
    checkTitle(rows.title, title, file);
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
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** What is in a ledger that need not be there, for a look without a lock. */
export async function readLedger(file: string, title: LedgerTitle): Promise<Pick<Ledger, 'sent' | 'made'>> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return createIndex([]);
  try {
    const { rows } = readLedgerText(await handle.readFile(), file);
    checkTitle(rows.title, title, file);
    return createIndex(rows.uploads);
  } finally {
    await handle.close();
  }
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
