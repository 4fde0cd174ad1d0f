import type { FolderContents, FolderImage, IdRange } from '@coupon-media/server';
import { eachOf } from './parallel.js';
import type { LeftBehind, MoveProgress } from './report.js';
import type { Step, Target } from './target.js';

/** The objects of a cluster's images, as far as a migration writes and reads them. */
export interface Objects {
  put(image: FolderImage, content: Buffer): Promise<void>;
  /** @returns undefined if there is no object */
  get(image: FolderImage): Promise<Buffer | undefined>;
}

/** Images whose rows are written together. After a kill at most this many are written again. */
const BATCH = 256;

/** Objects that are written or read at the same time. Each is held in memory, with at most 2 MiB. */
export const AT_A_TIME = 16;

export interface MovedImages {
  images: number;
  bytes: number;
}

/** What every step of a migration needs. */
export interface MoveContext {
  readonly source: FolderContents;
  readonly target: Target;
  readonly objects: Objects;
  readonly progress: MoveProgress | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Migrates images in batches: first the bytes, then their rows together with the mark. Damaged images are recorded and
 * left behind.
 *
 * @param mark its previous value, and a function that writes the next one
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

/**
 * Tries again to migrate images that an earlier run left behind. Uploading such an image to the folder again repairs
 * it.
 */
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

/** Returns the images that are currently left behind, by digest. */
export async function leftImages({ marks }: Target): Promise<Map<string, LeftBehind>> {
  const left = (await marks.all(LEFT_IMAGE)).map(({ value }) => JSON.parse(value) as LeftBehind);
  return new Map(left.map((image) => [image.sha256, image]));
}

/** The ids up to which rows are migrated. */
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
    if (!Buffer.isBuffer(content)) {
      broken.push({ id: image.id, sha256: image.sha256.toString('hex'), detail: content });
    } else {
      await objects.put(image, content);
      whole.push(image);
    }
  });
  return { whole, broken };
}
