import type { UploadReceipt } from '@coupon-media/client';
import pMap from 'p-map';
import type { LedgerRow } from '../ledger/format.js';
import type { Ledger } from '../ledger/ledger.js';
import type { UploadProblem } from './problem.js';
import type { ReadyImage } from './reading.js';
import type { UploadRow } from './row.js';

/** The steps of a run. */
export interface Steps {
  /**
   * Reads an image and prepares it for sending, or finds its row from an earlier run.
   *
   * @throws if it cannot be sent
   */
  read(path: string): Promise<ReadyImage | LedgerRow>;
  /** Sends an image; undefined in a dry run. */
  send?: ((image: ReadyImage) => Promise<UploadReceipt & { imageUrl: string }>) | undefined;
  /** The earlier uploads; undefined without a ledger. */
  ledger?: Pick<Ledger, 'sent'> & Partial<Pick<Ledger, 'reserve' | 'add'>>;
  problemOf(error: unknown): UploadProblem;
  /** @param error the error of the file system for the ledger */
  ledgerProblem(error: unknown): UploadProblem;
}

export interface RunOptions {
  /** Images at a time. */
  concurrency: number;
  /** If it is aborted, the run starts nothing more. */
  soon: AbortSignal;
  /** The place in the coupon that the images are for. */
  slot?: string | undefined;
  /** Called for each completed image. */
  onRow(row: UploadRow): void;
}

export interface RunResult {
  /** The rows in the order of the images. */
  rows: UploadRow[];
  /** Why the run ended early, unless the user stopped it. */
  stopped: UploadProblem | undefined;
}

/** After this number of consecutive failures, the other images would most likely fail, too. */
const ENOUGH = 5;

/** Uploads images, several at a time. It skips images that were sent before and sends equal bytes once. */
export async function runUploads(
  paths: readonly string[],
  steps: Steps,
  { concurrency, soon, slot, onRow }: RunOptions,
): Promise<RunResult> {
  const sending = new Map<string, Promise<UploadRow | undefined>>();
  let stopped: UploadProblem | undefined;
  let inARow = 0;

  function judge({ status, problem }: UploadRow): void {
    if (status === 'uploaded') inARow = 0;
    if (problem?.scope === 'perhapsAll') inARow += 1;
    if (problem && (problem.scope === 'all' || inARow >= ENOUGH)) stopped ??= problem;
  }

  /** Sends equal bytes once, even if several images have them at the same time. */
  async function sendOnce(path: string, image: ReadyImage): Promise<UploadRow | undefined> {
    const about = rowOf(path, image);
    const first = sending.get(image.sha256);
    if (first) return sameAs(await first, about);
    const sent = send(about, image);
    sending.set(image.sha256, sent);
    sent.catch(() => sending.delete(image.sha256));
    return sent;
  }

  /** @returns undefined if there is no space for its row: then it is not sent, since it would be sent again later */
  async function send(about: UploadRow, image: ReadyImage): Promise<UploadRow | undefined> {
    if (!steps.send) return { ...about, status: 'ready' };
    const { ledger } = steps;
    if (!(await recorded(() => ledger?.reserve?.()))) return undefined;
    const { imageUrl, requestId } = await steps.send(image);
    const { filename, sha256, bytes, width, height, source } = image;
    const at = new Date().toISOString();
    await recorded(() =>
      ledger?.add?.({
        sha256,
        imageUrl,
        filename,
        bytes: bytes.length,
        width,
        height,
        requestId,
        at,
        source,
      }),
    );
    return { ...about, status: 'uploaded', imageUrl, requestId, uploadedAt: at };
  }

  /** @returns whether the ledger succeeded; if not, the run ends */
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
      if (before && !isOfThisRun) {
        const { width, height, changes } = found;
        return { ...knownRow(path, before, 'known'), width, height, changes };
      }
      return await sendOnce(path, found);
    } catch (error) {
      const problem = steps.problemOf(error);
      const status = problem.code === 'NEEDS_PREPARE' ? 'needs-prepare' : 'failed';
      return { path, status, problem, requestId: problem.requestId };
    }
  }

  async function take(path: string): Promise<UploadRow> {
    const handled = soon.aborted || stopped ? undefined : await handle(path);
    if (!handled) return { path, status: 'untried', slot };
    const row = { ...handled, slot };
    judge(row);
    onRow(row);
    return row;
  }

  const rows = await pMap(paths, take, { concurrency });
  return { rows, stopped };
}

function rowOf(path: string, { filename, sha256, bytes, width, height, changes }: ReadyImage): UploadRow {
  return { path, status: 'untried', filename, sha256, bytes: bytes.length, width, height, changes };
}

function sameAs(first: UploadRow | undefined, about: UploadRow): UploadRow | undefined {
  return (
    first && {
      ...about,
      status: 'same',
      imageUrl: first.imageUrl,
      requestId: first.requestId,
      uploadedAt: first.uploadedAt,
    }
  );
}

function knownRow(path: string, row: LedgerRow, status: UploadRow['status']): UploadRow {
  const { sha256, imageUrl, filename, bytes, width, height, requestId, at: uploadedAt } = row;
  return { path, status, filename, sha256, bytes, width, height, imageUrl, requestId, uploadedAt };
}
