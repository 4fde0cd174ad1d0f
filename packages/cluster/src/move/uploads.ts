import type { FolderUpload, IdRange } from '@coupon-media/server';
import { leftImages, type MoveContext } from './images.js';

/** Records that one statement writes. */
const BATCH = 2000;

/**
 * Migrates the records of uploads in their order. Uploads of an image that was left behind are left behind as well, so
 * that every row has bytes.
 *
 * @param mark its previous value, and a function that writes the next one
 * @returns the number of migrated records
 */
export async function moveUploads(
  { source, target, progress, signal }: MoveContext,
  range: IdRange,
  mark: { readonly from: string | undefined; at(upload: FolderUpload): string },
): Promise<number> {
  const left = await leftImages(target);
  let moved = 0;
  let { after } = range;
  let from = mark.from;
  while (!signal?.aborted) {
    const batch = source.uploads({ ...range, after }, BATCH);
    const last = batch.at(-1);
    if (!last) break;
    const isLeft = ({ sha256 }: FolderUpload) => left.has(sha256.toString('hex'));
    const whole = batch.filter((upload) => !isLeft(upload));
    const to = mark.at(last);
    const also = batch
      .filter(isLeft)
      .map(({ id, sha256 }) => ({ name: leftUpload(id), value: sha256.toString('hex') }));
    await target.addUploads(whole, { name: UPLOAD_MARK, from, to, also });
    moved += whole.length;
    progress?.done(batch.length);
    from = to;
    after = last.id;
  }
  return moved;
}

/** Migrates uploads that were left behind with an image that has been migrated since. */
export async function retryUploads(
  { source, target }: MoveContext,
  mark: string | undefined,
): Promise<number> {
  if (mark === undefined) return 0;
  const left = await leftImages(target);
  let moved = 0;
  for (const { name, value } of await target.marks.all(LEFT_UPLOAD)) {
    if (left.has(value)) continue;
    const id = Number(name.slice(LEFT_UPLOAD.length));
    const uploads = source.uploads({ after: id - 1, end: id }, 1);
    const step = { name: UPLOAD_MARK, from: mark, to: mark, also: [{ name, value: undefined }] };
    await target.addUploads(uploads, step);
    moved += uploads.length;
  }
  return moved;
}

export const UPLOAD_MARK = 'upload';
const LEFT_UPLOAD = 'left upload ';

function leftUpload(id: number): string {
  return `${LEFT_UPLOAD}${id}`;
}
