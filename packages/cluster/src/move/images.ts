import type { FolderContents, FolderImage, IdRange } from '@coupon-media/server';
import { eachOf } from './parallel.js';
import type { LeftBehind, MoveProgress } from './report.js';
import type { Step, Target } from './target.js';

/** The bytes of a cluster's images, as far as a move writes and reads them. */
export interface Objects {
  put(image: FolderImage, content: Buffer): Promise<void>;
  /** @returns undefined where there is none */
  get(image: FolderImage): Promise<Buffer | undefined>;
}

/** Images whose rows are written together. As many are put again at most where a run was killed. */
const BATCH = 256;

/** Objects that are written, or read, at a time. Each is held in memory meanwhile, 2 MiB at most. */
export const AT_A_TIME = 16;

export interface MovedImages {
  images: number;
  bytes: number;
}

/** Where a range of images was begun: the mark says which row was the last, so that no other folder is taken for this one. */
export interface MoveContext {
  readonly source: FolderContents;
  readonly target: Target;
  readonly objects: Objects;
  readonly progress: MoveProgress | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Brings images over, in batches: the bytes first, then their rows with the mark. What is not whole is noted, and left.
 *
 * @param mark where it stood before, and how one that is further on is written
 */
export async function moveImages(
  { source, target, objects, progress, signal }: MoveContext,
  range: IdRange,
  mark: { readonly from: string | undefined; at(image: FolderImage): string },
): Promise<MovedImages> {
  const moved = { images: 0, bytes: 0 };
  let { after } = range;
  let from = mark.from;
  while (!signal?.aborted) {
    const batch = source.images({ ...range, after }, BATCH);
    const last = batch.at(-1);
    if (!last) break;
    const { whole, broken } = await putAll(source, objects, batch);
    const to = mark.at(last);
    const also = broken.map(({ id, ...left }) => ({ name: leftImage(id), value: JSON.stringify(left) }));
    await target.addImages(whole, { name: IMAGE_MARK, from, to, also });
    moved.images += whole.length;
    moved.bytes += whole.reduce((sum, { bytes }) => sum + bytes, 0);
    progress?.done(batch.length);
    from = to;
    after = last.id;
  }
  return moved;
}

/** Tries again what an earlier run left: whoever uploads such an image again to the folder mends it. */
export async function retryImages(
  { source, target, objects }: MoveContext,
  mark: string | undefined,
): Promise<MovedImages> {
  const moved = { images: 0, bytes: 0 };
  if (mark === undefined) return moved;
  for (const { name } of await target.marks.all(LEFT_IMAGE)) {
    const id = Number(name.slice(LEFT_IMAGE.length));
    const image = source.images({ after: id - 1, end: id }, 1);
    const { whole } = await putAll(source, objects, image);
    if (whole.length === 0) continue;
    const step: Step = { name: IMAGE_MARK, from: mark, to: mark, also: [{ name, value: undefined }] };
    await target.addImages(whole, step);
    moved.images += 1;
    moved.bytes += whole[0]?.bytes ?? 0;
  }
  return moved;
}

/** What is left behind at this moment, by its digest. */
export async function leftImages({ marks }: Target): Promise<Map<string, LeftBehind>> {
  const left = (await marks.all(LEFT_IMAGE)).map(({ value }) => JSON.parse(value) as LeftBehind);
  return new Map(left.map((image) => [image.sha256, image]));
}

/** How far there is something to move. */
export type Ends = ReturnType<FolderContents['ends']>;

export const IMAGE_MARK = 'image';
const LEFT_IMAGE = 'left image ';

function leftImage(id: number): string {
  return `${LEFT_IMAGE}${id}`;
}

async function putAll(
  source: FolderContents,
  objects: Objects,
  batch: readonly FolderImage[],
): Promise<{ whole: FolderImage[]; broken: (LeftBehind & { id: number })[] }> {
  const whole: FolderImage[] = [];
  const broken: (LeftBehind & { id: number })[] = [];
  await eachOf(batch, AT_A_TIME, async (image) => {
    const content = await source.content(image);
    if (typeof content === 'string') {
      broken.push({ id: image.id, sha256: image.sha256.toString('hex'), detail: content });
    } else {
      await objects.put(image, content);
      whole.push(image);
    }
  });
  return { whole, broken };
}
