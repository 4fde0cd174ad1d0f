import type { UploadReceipt } from '@coupon-media/client';
import pMap from 'p-map';
import type { LedgerRow } from '../ledger/format.js';
import type { Ledger } from '../ledger/ledger.js';
import type { UploadProblem } from './problem.js';
import type { ReadyImage } from './reading.js';
import type { UploadRow } from './row.js';

/** What a run does, as it is told to. */
export interface Steps {
  /**
   * Reads an image and makes it ready to be sent, or finds that this was done before.
   *
   * @throws where it cannot be sent
   */
  read(path: string): Promise<ReadyImage | LedgerRow>;
  /** Sends it. Not there in a dry run. */
  send?: ((image: ReadyImage) => Promise<UploadReceipt & { imageUrl: string }>) | undefined;
  /** What was sent before. Not there where nobody keeps account. */
  ledger?: Pick<Ledger, 'sent'> & Partial<Pick<Ledger, 'reserve' | 'add'>>;
  problemOf(error: unknown): UploadProblem;
  /** @param error what the file system said of the ledger */
  ledgerProblem(error: unknown): UploadProblem;
}

export interface RunOptions {
  /** Images at a time. */
  concurrency: number;
  /** Aborted: begin nothing more. */
  soon: AbortSignal;
  /** Told of each image when it is done. */
  onRow(row: UploadRow): void;
}

export interface RunResult {
  /** In the order in which the images came. */
  rows: UploadRow[];
  /** Why the run ended before all had their turn, unless somebody stopped it. */
  stopped: UploadProblem | undefined;
}

/** Failures in a row after which it is taken that the others would fail, too. */
const ENOUGH = 5;

/** Uploads images, some at a time; nothing that was sent before, and the same bytes once. */
export async function runUploads(
  paths: readonly string[],
  steps: Steps,
  { concurrency, soon, onRow }: RunOptions,
): Promise<RunResult> {
  const sending = new Map<string, Promise<UploadRow | undefined>>();
  let stopped: UploadProblem | undefined;
  let inARow = 0;

  function judge({ status, problem }: UploadRow): void {
    if (status === 'uploaded') inARow = 0;
    if (problem?.scope === 'perhapsAll') inARow += 1;
    if (problem && (problem.scope === 'all' || inARow >= ENOUGH)) stopped ??= problem;
  }

  /** The same bytes once, however many ask for it at once. */
  async function sendOnce(path: string, image: ReadyImage): Promise<UploadRow | undefined> {
    const about = rowOf(path, image);
    const first = sending.get(image.sha256);
    if (first) return sameAs(await first, about);
    const sent = send(about, image);
    sending.set(image.sha256, sent);
    sent.catch(() => sending.delete(image.sha256));
    return sent;
  }

  /** @returns undefined where there is no room for its row: then it is not sent, lest it be sent twice */
  async function send(about: UploadRow, image: ReadyImage): Promise<UploadRow | undefined> {
    if (!steps.send) return { ...about, status: 'ready' };
    const { ledger } = steps;
    if (!(await recorded(() => ledger?.reserve?.()))) return undefined;
    const { imageUrl, requestId } = await steps.send(image);
    const { filename, sha256, bytes, source } = image;
    const at = new Date().toISOString();
    await recorded(() =>
      ledger?.add?.({ sha256, imageUrl, filename, bytes: bytes.length, requestId, at, source }),
    );
    return { ...about, status: 'uploaded', imageUrl, requestId };
  }

  /** @returns whether the ledger could do it; where not, the run ends */
  async function recorded(work: () => Promise<void> | undefined): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      stopped ??= steps.ledgerProblem(error);
      return false;
    }
  }

  async function handle(path: string): Promise<UploadRow | undefined> {
    try {
      const found = await steps.read(path);
      const isOfThisRun = sending.has(found.sha256);
      if (!('changes' in found)) return knownRow(path, found, isOfThisRun ? 'same' : 'known');
      const before = steps.ledger?.sent(found.sha256);
      if (before && !isOfThisRun) return { ...knownRow(path, before, 'known'), changes: found.changes };
      return await sendOnce(path, found);
    } catch (error) {
      const problem = steps.problemOf(error);
      return { path, status: 'failed', problem, requestId: problem.requestId };
    }
  }

  async function take(path: string): Promise<UploadRow> {
    const row = soon.aborted || stopped ? undefined : await handle(path);
    if (!row) return { path, status: 'untried' };
    judge(row);
    onRow(row);
    return row;
  }

  const rows = await pMap(paths, take, { concurrency });
  return { rows, stopped };
}

function rowOf(path: string, { filename, sha256, bytes, changes }: ReadyImage): UploadRow {
  return { path, status: 'untried', filename, sha256, bytes: bytes.length, changes };
}

function sameAs(first: UploadRow | undefined, about: UploadRow): UploadRow | undefined {
  return first && { ...about, status: 'same', imageUrl: first.imageUrl, requestId: first.requestId };
}

function knownRow(path: string, row: LedgerRow, status: UploadRow['status']): UploadRow {
  const { sha256, imageUrl, filename, bytes, requestId } = row;
  return { path, status, filename, sha256, bytes, imageUrl, requestId };
}
