import type { NewUpload } from '@coupon-media/server/engine';
import type { Postgres } from './database.js';
import { isAway } from './errors.js';

/**
 * Statements in progress. Uploads that arrive meanwhile share the next one. It is more than one, so that a statement that
 * waits for a lock, or whose connection leads nowhere, does not keep all others waiting.
 */
const AT_A_TIME = 2;

/** The most uploads that one statement records. */
const MOST = 32;

/**
 * Records uploads, those that arrive together in one statement: hence in one round trip, one transaction and one commit.
 * Repeating it after a lost response changes nothing, because the same upload has the same time and request id.
 *
 * @returns a function that records an upload, unless its signal aborts while it waits for a statement. It rejects with the
 *   error of its own upload: if PostgreSQL refuses a statement, each of its uploads is recorded alone
 */
export function createRecorder(
  postgres: Pick<Postgres, 'run'>,
): (upload: NewUpload, signal: AbortSignal) => Promise<void> {
  const waiting: Waiting[] = [];
  let running = 0;
  let isDue = false;

  function begin(): void {
    if (isDue || running === AT_A_TIME || waiting.length === 0) return;
    isDue = true;
    // The statement starts after the event loop has read everything else of this turn.
    setImmediate(() => {
      isDue = false;
      void run(take());
      begin();
    });
  }

  /** Takes those who still wait. */
  function take(): Waiting[] {
    const taken = waiting.splice(0, MOST);
    for (const { signal, reject } of taken) if (signal.aborted) reject(signal.reason);
    return taken.filter(({ signal }) => !signal.aborted);
  }

  async function run(group: readonly Waiting[]): Promise<void> {
    if (group.length === 0) return;
    running += 1;
    try {
      await write(group);
    } catch (error) {
      if (group.length === 1 || isAway(error)) for (const { reject } of group) reject(error);
      else await Promise.all(group.map((each) => write([each]).catch(each.reject)));
    }
    running -= 1;
    begin();
  }

  /**
   * Another node that uploads the same images at the same time waits for the commit of the first one, and then finds their
   * rows. All nodes insert them in the order of their digests, so that none waits for one that waits for it.
   */
  async function write(group: readonly Waiting[]): Promise<void> {
    const uploads = group
      .map(({ upload }) => upload)
      .sort((one, other) => (one.sha256 < other.sha256 ? -1 : Number(one.sha256 > other.sha256)));
    const { text, values } = recordingOf(uploads);
    await postgres.run(text, values);
    for (const { resolve } of group) resolve();
  }

  return (upload, signal) =>
    new Promise((resolve, reject) => {
      waiting.push({ upload, signal, resolve, reject });
      begin();
    });
}

interface Waiting {
  readonly upload: NewUpload;
  readonly signal: AbortSignal;
  resolve(): void;
  reject(error: unknown): void;
}

/** The one statement that records these uploads, and its values. */
export function recordingOf(uploads: readonly NewUpload[]): {
  readonly text: string;
  readonly values: unknown[];
} {
  return { text: statement(uploads.length), values: uploads.flatMap(valuesOf) };
}

const statements = new Map<number, string>();

/** @param count of uploads, each with the values that {@link valuesOf} gives */
function statement(count: number): string {
  const known = statements.get(count);
  if (known !== undefined) return known;
  const rows = (...places: readonly number[]) =>
    Array.from(
      { length: count },
      (_, at) => `(${places.map((place) => `$${at * 9 + place}`).join()})`,
    ).join();
  const text = `
    with stored as (
      insert into image (sha256, kind, bytes, width, height) values ${rows(1, 2, 3, 4, 5)} on conflict do nothing
    )
    insert into upload (merchant, filename, sha256, at, request_id) values ${rows(6, 7, 1, 8, 9)} on conflict do nothing`;
  statements.set(count, text);
  return text;
}

function valuesOf(upload: NewUpload): unknown[] {
  const { sha256, kind, bytes, width, height, merchant, filename, uploadedAt, requestId } = upload;
  return [Buffer.from(sha256, 'hex'), kind, bytes, width, height, merchant, filename, uploadedAt, requestId];
}
