import { createHash } from 'node:crypto';
import { filled, type Text } from '@coupon-media/apiv3';
import type { FolderImage, FolderUpload } from '@coupon-media/server';
import type { MerchantRecords } from '@coupon-media/server/engine';
import { AT_A_TIME, type Ends, leftImages, type MoveContext } from './images.js';
import { eachOf } from './parallel.js';
import { decide, digest, pairs } from './records.js';
import type { Difference, MoveReport } from './report.js';

/** Images or uploads that one query reads. */
const BATCH = 1000;

/**
 * Compares everything that was migrated: every field of every record, and the digest of every object's bytes, which are
 * read back. The checksums of a bucket would be cheaper, but not every S3 provides them.
 *
 * @returns undefined if the run was stopped
 */
export async function verify(
  context: MoveContext,
  merchants: MerchantRecords,
  ends: Ends,
): Promise<MoveReport['verified']> {
  const left = await leftImages(context.target);
  const isLeft = ({ sha256 }: { sha256: Buffer }) => left.has(sha256.toString('hex'));
  const differences: Difference[] = await compareRecords(context, merchants);
  const images = await batches(context, ends.image, context.source.images, isLeft, async (batch) => {
    differences.push(...(await compareImages(context, batch)));
  });
  const uploads = await batches(context, ends.upload, context.source.uploads, isLeft, async (batch) => {
    differences.push(...(await compareUploads(context, batch)));
  });
  return context.signal?.aborted ? undefined : { images, uploads, differences };
}

async function batches<T extends { id: number; sha256: Buffer }>(
  { progress, signal }: MoveContext,
  end: number,
  read: (range: { after: number; end: number }, limit: number) => T[],
  isLeft: (item: T) => boolean,
  compare: (batch: T[]) => Promise<void>,
): Promise<number> {
  let compared = 0;
  for (let after = 0; !signal?.aborted; ) {
    const batch = read({ after, end }, BATCH);
    const last = batch.at(-1);
    if (!last) break;
    const moved = batch.filter((item) => !isLeft(item));
    await compare(moved);
    compared += moved.length;
    progress?.done(batch.length);
    after = last.id;
  }
  return compared;
}

async function compareRecords(
  { source, target }: MoveContext,
  merchants: MerchantRecords,
): Promise<Difference[]> {
  // The next run brings what a service has changed since.
  if (source.serving) return [];
  const differences: Difference[] = [];
  for (const { name, here, there } of await pairs(source, merchants)) {
    const brought = await target.marks.get(`record ${name}`);
    const verdict = decide(digest(here), there === undefined ? undefined : digest(there), brought);
    if (verdict === 'move') differences.push({ what: 'record', id: name, detail: TEXTS.other });
  }
  return differences;
}

async function compareImages({ target, objects }: MoveContext, batch: FolderImage[]): Promise<Difference[]> {
  const found = await target.images(batch.map(({ sha256 }) => sha256));
  const differences: Difference[] = [];
  await eachOf(batch, AT_A_TIME, async (image) => {
    const id = image.sha256.toString('hex');
    const { id: _, sha256, ...here } = image;
    const detail = difference(here, found.get(id));
    if (detail) differences.push({ what: 'image', id, detail });
    const content = await objects.get(image);
    if (content === undefined) differences.push({ what: 'object', id, detail: TEXTS.missing });
    else if (!createHash('sha256').update(content).digest().equals(sha256))
      differences.push({ what: 'object', id, detail: TEXTS.otherBytes });
  });
  return differences;
}

async function compareUploads({ target }: MoveContext, batch: FolderUpload[]): Promise<Difference[]> {
  const found = await target.uploads(batch);
  return batch.flatMap(({ id: _, sha256, ...upload }) => {
    const there = found.get(upload.requestId);
    const detail = difference(
      { ...upload, sha256: sha256.toString('hex') },
      there && { ...there, sha256: there.sha256.toString('hex') },
    );
    return detail ? [{ what: 'upload' as const, id: upload.requestId, detail }] : [];
  });
}

function difference<T extends object>(here: T, there: T | undefined): Text | undefined {
  if (!there) return TEXTS.missing;
  const names = Object.keys(here) as (keyof T)[];
  const wrong = names.find((name) => here[name] !== there[name]);
  if (wrong === undefined) return undefined;
  const [ours, theirs] = [String(here[wrong]), String(there[wrong])];
  return filled(TEXTS.otherValue, { name: String(wrong), here: ours, there: theirs });
}

/** How something differs from what is in the folder. */
const TEXTS = {
  missing: { 'zh-CN': '缺失', en: 'missing' },
  other: { 'zh-CN': '与数据目录中的不同', en: 'not as in the folder' },
  otherBytes: { 'zh-CN': '内容与上传时不同', en: 'not the bytes that were uploaded' },
  otherValue: {
    'zh-CN': '{name} 是 {there}，而数据目录中是 {here}',
    en: '{name} is {there}, and {here} in the folder',
  },
} as const;
