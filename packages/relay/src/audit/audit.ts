import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Statement } from '@coupon-media/server/engine';
import { type AuditEntry, auditFields, COLUMN_NAMES, entryOf, type StoredEntry, valuesOf } from './entry.js';

/** Which entries. Times are Unix milliseconds. */
export interface AuditQuery {
  /** Default: the first entry. */
  readonly since?: number | undefined;
  /** The first moment that is not wanted. Default: none. */
  readonly until?: number | undefined;
  readonly caller?: string | undefined;
  readonly account?: string | undefined;
  /** 64 lower-case hex digits. */
  readonly sha256?: string | undefined;
  /** The id of the last entry of the page before. */
  readonly after?: string | undefined;
}

/** Who did what, and when. Entries are appended and leave by age; nothing rewrites one. */
export interface Audit {
  /** The statement that appends an entry, for the commit of what it tells of. */
  appending(entry: AuditEntry): Statement;
  /** Appends an entry; it is durable once this resolves. */
  append(entry: AuditEntry): Promise<void>;
  /**
   * Appends an entry with others in one commit, within 100 ms, and waits for nothing: for answers that changed nothing. They are tried
   * again while the store is away. A process that is killed loses those of its last 100 ms.
   */
  note(entry: AuditEntry): void;
  /** @returns entries by time, the oldest first; those that are appended meanwhile belong to them */
  entries(query: AuditQuery): AsyncGenerator<StoredEntry, void>;
  /** @returns the same as lines of NDJSON, each with its line feed */
  lines(query: AuditQuery): AsyncGenerator<string, void>;
  /** Removes entries from before a moment, in steps of 500 rows. @returns how many were removed */
  purge(before: number, signal?: AbortSignal): Promise<number>;
  /** Appends what was noted, and ends. */
  close(): Promise<void>;
}

/** Rows of one page, and of one step of a purge: what holds no lock for long. */
const PAGE = 500;

/** Milliseconds in which notes gather for one commit. */
const GATHERING = 80;

/** Milliseconds that their commit may wait for another one to go with. */
const SHARED = 20;

/** Notes that wait while the store is away: about 10 MiB. Beyond them the newest are lost, and the log has their number. */
const NOTES = 20_000;

/** Milliseconds between the steps of a purge, so that uploads come between. */
const PAUSE = 50;

/**
 * @param database with the tables of the relay
 * @param watch `appended` receives each entry when it is appended, for metrics; `lost` the number of entries that could not be kept because
 *   the store was away for too long, and the reason
 */
export function openAudit(
  database: Database,
  {
    appended,
    lost,
  }: { appended: (entry: AuditEntry) => void; lost: (entries: number, reason: unknown) => void },
): Audit {
  let notes: AuditEntry[] = [];
  let flushing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    const batch = notes;
    notes = [];
    try {
      if (batch.length > 0) await database.write(batch.map(appending), { within: SHARED });
    } catch (reason) {
      notes = [...batch, ...notes];
      const over = notes.length - NOTES;
      if (over > 0) {
        notes.length = NOTES;
        lost(over, reason);
      }
    }
  }

  function gather(): void {
    timer ??= setTimeout(() => {
      flushing = flush().finally(() => {
        timer = undefined;
        flushing = undefined;
        if (notes.length > 0) gather();
      });
    }, GATHERING).unref();
  }

  async function* entries(query: AuditQuery): AsyncGenerator<StoredEntry, void> {
    let after = query.after;
    for (;;) {
      const page = (await database.read(pageOf({ ...query, after }))).map(entryOf);
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.id;
    }
  }

  return {
    appending,
    async append(entry) {
      await database.write([appending(entry)]);
      appended(entry);
    },
    note(entry) {
      appended(entry);
      notes.push(entry);
      gather();
    },
    entries,
    async *lines(query) {
      for await (const entry of entries(query)) yield `${JSON.stringify(auditFields(entry))}\n`;
    },
    async purge(before, signal) {
      for (let removed = 0; ; ) {
        const [rows = []] = await database.write([{ text: PURGE, values: [before, PAGE] }]);
        removed += rows.length;
        if (rows.length < PAGE || signal?.aborted) return removed;
        await sleep(PAUSE);
      }
    },
    async close() {
      clearTimeout(timer);
      await flushing;
      await flush();
      if (notes.length > 0) lost(notes.length, undefined);
    },
  };
}

const APPEND = `INSERT INTO relay_audit (${COLUMN_NAMES.join(', ')}) VALUES (${COLUMN_NAMES.map(() => '?').join(', ')})`;

function appending(entry: AuditEntry): Statement {
  return { text: APPEND, values: valuesOf(entry) };
}

const PURGE =
  'DELETE FROM relay_audit WHERE id IN (SELECT id FROM relay_audit WHERE at < ? ORDER BY at, id LIMIT ?) RETURNING id';

/** A page by its key: no row is read twice, however many were appended or removed meanwhile. */
function pageOf(query: AuditQuery): Statement {
  const { since = 0, until = Number.MAX_SAFE_INTEGER, caller, account, sha256, after } = query;
  const [at, id] = after === undefined ? [since, 0] : keyOf(after);
  const wanted = Object.entries({ caller, account, sha256 }).filter(([, value]) => value !== undefined);
  const conditions = wanted.map(([column]) => `${column} = ? AND `).join('');
  return {
    text: `SELECT id, ${COLUMN_NAMES.join(', ')} FROM relay_audit WHERE ${conditions}(at, id) > (?, ?) AND at < ? ORDER BY at, id LIMIT ?`,
    values: [...wanted.map(([, value]) => value ?? null), at, id, until, PAGE],
  };
}

function keyOf(id: string): readonly [at: number, id: number] {
  const [, at, row] = /^(\d{1,15})-(\d{1,15})$/.exec(id) ?? [];
  if (at === undefined) throw new RangeError('after must be the id of an entry');
  return [Number(at), Number(row)];
}
