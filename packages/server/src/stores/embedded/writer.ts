import { setTimeout as sleep } from 'node:timers/promises';
import type { UsedNonce } from '../../limits/nonces.js';
import type { Statement } from '../database.js';
import { type AddedRows, type Addition, type NewUpload, StoreError } from '../index.js';
import { BUSY_TIMEOUT, isBusy } from './binding.js';
import { createCheckpoints } from './checkpoints.js';
import { type CommitLoad, createGroupCommit, type GroupOptions } from './group-commit.js';
import { openSession, type Session } from './session.js';
import { HalfApplied, type Outcome } from './statements.js';

/** Records uploads, many of them in one commit. What has resolved is durable. */
export interface RecordWriter {
  /**
   * @param content the bytes of the image; null if they are in a file, which is durable already
   * @param addition if one of its statements is wrong, the upload is not recorded
   * @returns the rows that each statement of the addition returned
   */
  upload(upload: NewUpload, content: Buffer | null, addition?: Addition): Promise<AddedRows>;
  remember(nonce: UsedNonce): Promise<void>;
  forget(nonce: UsedNonce): Promise<void>;
  /**
   * Applies statements of what wraps the service. If one of them is wrong, the others of the commit are not concerned.
   *
   * @param within milliseconds that they may wait for others
   */
  write(statements: readonly Statement[], within?: number): Promise<AddedRows>;
  /** Writes a row without meaning, to test that writing works. */
  probe(): Promise<void>;
  load(): CommitLoad;
  close(): Promise<void>;
}

/** Approximate bytes that a record adds to SQLite's log, without its image: about a page. */
const RECORD = 8192;

/**
 * Opens a writer. The statements run on the caller's thread, since they only touch memory. COMMIT waits for the disk
 * and runs on a thread of the binding (docs/decisions/004-sqlite-thread.md).
 *
 * @param now Unix milliseconds
 */
export async function openWriter(
  database: string,
  now: () => number,
  options: GroupOptions,
): Promise<RecordWriter> {
  let session = await openSession(database);
  let usable = true;
  let closed = false;
  const checkpoints = await createCheckpoints(database);
  const group = createGroupCommit(commit, options);

  async function commit(changes: readonly Change[]): Promise<void> {
    await checkpoints.turn();
    try {
      if (!usable) await reopen();
      // Preparing takes turns of the event loop, so it comes before BEGIN.
      for (const { statements } of changes) if (statements) await session.statements.prepare(statements);
      await applyAll(changes, false).catch(async (error) => {
        if (!(error instanceof HalfApplied) || !(await session.rollback())) throw error;
        await applyAll(changes, true);
      });
    } catch (cause) {
      usable = await session.rollback();
      throw new StoreError(NOT_WRITTEN, { cause });
    }
    checkpoints.grew(changes.reduce((sum, { bytes }) => sum + bytes, RECORD));
  }

  function applyAll(changes: readonly Change[], isSafe: boolean): Promise<void> {
    return whenNobodyWrites(session, () => {
      for (const { apply } of changes) apply(session, isSafe);
      session.purge([Math.floor(now() / 1000), changes.length * 2 + 16]);
      return session.commit();
    });
  }

  async function reopen(): Promise<void> {
    await session.close();
    session = await openSession(database);
    usable = true;
  }

  async function add(
    apply: Change['apply'],
    bytes: number,
    statements?: Change['statements'],
    within?: number,
  ): Promise<void> {
    if (closed) throw new StoreError(CLOSED);
    return group.add({ apply, bytes, statements }, within);
  }

  /** @param first what the statements belong to. @returns the rows of each statement */
  async function addStatements(
    { statements, within }: Addition,
    bytes: number,
    first?: (to: Session) => void,
  ): Promise<AddedRows> {
    let outcome: Outcome = { rows: [] };
    const apply: Change['apply'] = (to, isSafe) => {
      outcome = to.statements.apply(statements, isSafe, first && (() => first(to)));
    };
    await add(apply, bytes + bytesOf(statements), statements, within);
    if ('fault' in outcome) throw new StoreError(WRONG, { cause: outcome.fault });
    return outcome.rows;
  }

  return {
    async upload(upload, content, addition) {
      const { merchant, filename, kind, bytes, width, height, uploadedAt, requestId, nonce } = upload;
      const digest = Buffer.from(upload.sha256, 'hex');
      const length = RECORD + (content?.length ?? 0);
      function record(to: Session): void {
        to.image([digest, kind, bytes, width, height, content]);
        to.upload([merchant, filename, digest, uploadedAt, requestId]);
        if (nonce) to.nonce([nonce.expiresAt, nonce.key]);
      }
      if (addition) return addStatements(addition, length, record);
      await add(record, length);
      return [];
    },
    remember: ({ expiresAt, key }) => add((to) => to.nonce([expiresAt, key]), RECORD),
    forget: ({ expiresAt, key }) => add((to) => to.forget([expiresAt, key]), RECORD),
    write: (statements, within = 0) => addStatements({ statements, within }, 0),
    probe: () => add((to) => to.probe([now()]), RECORD),
    load: group.load,
    async close() {
      closed = true;
      await group.settled();
      await checkpoints.close();
      await session.close();
    },
  };
}

interface Change {
  /** Approximate bytes. */
  readonly bytes: number;
  /** What must be prepared before. */
  readonly statements?: readonly Statement[] | undefined;
  /** It may be called again, after a rollback. */
  apply(to: Session, isSafe: boolean): void;
}

/**
 * Begins a transaction as soon as nobody else writes. SQLite's own waiting would block the event loop. No other task may run
 * between BEGIN and the call of COMMIT: the records' connection on this thread would wait for the lock, and so for ever.
 */
async function whenNobodyWrites(session: Session, writeAndCommit: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + BUSY_TIMEOUT;
  for (;;) {
    try {
      session.begin();
      break;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await sleep(3);
  }
  return writeAndCommit();
}

/** Approximate bytes that statements add to SQLite's log. */
function bytesOf(statements: readonly Statement[]): number {
  return statements.reduce((sum, { values }) => sum + RECORD + lengthOf(values), 0);
}

/** @returns bytes */
function lengthOf(values: Statement['values']): number {
  return values.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
}

const NOT_WRITTEN = { 'zh-CN': '无法写入数据', en: 'the store could not write' };
const CLOSED = { 'zh-CN': '存储已关闭', en: 'the store is closed' };
const WRONG = { 'zh-CN': '数据库不接受这条语句', en: 'the database refuses the statement' };
