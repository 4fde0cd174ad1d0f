import path from 'node:path';
import { urlPlace } from '@coupon-media/apiv3';
import {
  type FolderContents,
  type FolderImage,
  type FolderUpload,
  openEmbeddedContents,
  PUBLIC_URL_SETTING,
} from '@coupon-media/server';
import type { MerchantRecords } from '@coupon-media/server/engine';
import { type Destination, openDestination } from './destination.js';
import { type Ends, IMAGE_MARK, leftImages, type MoveContext, moveImages, retryImages } from './images.js';
import { checkPublicUrl, moveRecords } from './records.js';
import { MigrationError, type MoveOptions, type MoveReport } from './report.js';
import { moveUploads, retryUploads, UPLOAD_MARK } from './uploads.js';
import { verify } from './verify.js';
import { checkWrappers, moveWrappers, type Upgrades } from './wrappers.js';

/*
 * Migrates the content of a folder to the engines that many nodes share.
 *
 *   move         everything, in an order that keeps "every row has bytes" true at every moment
 *   destination  the three engines, open
 *   target       PostgreSQL: batches of rows in one statement, and the progress in the same transaction
 *   records      merchants, platform keys and settings that changed on one side alone
 *   images       bytes to the bucket, several at the same time, their digests verified on the way
 *   uploads      records of uploads, in order
 *   wrappers     the tables of what wraps the service, whatever they are
 *   verify       every record compared, every image read back
 */

/**
 * Migrates the content of a folder to a cluster. The folder is only read, and in the end marked as moved. A run can be killed at any moment; the next
 * call continues where it stopped. Once everything is migrated, a call brings only what is new.
 *
 * Settings, keys and merchants come first, then images, then uploads, and bytes come before rows, so that the cluster
 * is consistent at every moment. Nonces come last, when no service accepts requests any more. The nodes
 * are started after that.
 *
 * @throws MigrationError, StoreError, LimitsError, or an error of an engine
 */
export async function migrateToCluster({
  folder,
  config,
  wrappers = {},
  verify: wanted = true,
  signal,
  progress,
  now = Date.now,
}: MoveOptions): Promise<MoveReport> {
  const source = await openEmbeddedContents({ folder });
  if (!source) {
    const place = path.resolve(folder);
    throw new MigrationError({
      en: `${place} is not a data folder: it has no store.db`,
      'zh-CN': `${place} 不是数据目录：其中没有 store.db`,
    });
  }
  try {
    checkWrappers(source, wrappers);
    const destination = await openDestination(config);
    try {
      const context = { source, signal, progress, ...destination };
      await checkPublicUrl(source, destination.merchants, {
        setting: PUBLIC_URL_SETTING,
        configured: config.publicUrl,
      });
      const ends = source.ends();
      const moved = await moveAll(context, { ...destination, upgrades: wrappers }, ends, () =>
        Math.floor(now() / 1000),
      );
      progress?.moved(moved);
      const report =
        !wanted || moved.interrupted ? moved : await verified(context, destination.merchants, ends, moved);
      return await markIfDone(source, report, config);
    } finally {
      await destination.close();
    }
  } finally {
    await source.close();
  }
}

/**
 * From here on the nodes take the uploads. One that went to the folder would be missing in the cluster, so the folder is closed
 * for services once the cluster has all that can be moved.
 */
async function markIfDone(
  source: FolderContents,
  report: MoveReport,
  config: MoveOptions['config'],
): Promise<MoveReport> {
  const { interrupted, serving, verified: compared } = report;
  if (interrupted || serving || (compared?.differences.length ?? 0) > 0) return report;
  const name = urlPlace(config.databaseUrl, '5432');
  return {
    ...report,
    marked: await source.markMoved({
      en: `the cluster of PostgreSQL ${name}`,
      'zh-CN': `集群（PostgreSQL ${name}）`,
    }),
  };
}

async function moveAll(
  context: MoveContext,
  { merchants, remember, wrappers, upgrades }: Destination & { readonly upgrades: Upgrades },
  ends: Ends,
  second: () => number,
): Promise<MoveReport> {
  const { source, target, signal, progress } = context;
  const marks = await readMarks(source, target.marks);
  const imageRange = { after: marks.image?.id ?? 0, end: ends.image };
  const uploadRange = { after: marks.upload?.id ?? 0, end: ends.upload };
  const records = await moveRecords(source, merchants, target.marks);
  await merchants.recordPlatformKeyUses(await source.platformKeyUses());

  progress?.begin('images', source.count('image', imageRange));
  const again = await retryImages(context, marks.image?.text);
  const images = await moveImages(context, imageRange, { from: marks.image?.text, at: imageMark });

  progress?.begin('uploads', signal?.aborted ? 0 : source.count('upload', uploadRange));
  const late = await retryUploads(context, marks.upload?.text);
  const uploads = await moveUploads(context, uploadRange, { from: marks.upload?.text, at: uploadMark });

  // A running service may still release a nonce (contract 2.9). The next run migrates the nonces anyway.
  const nonces = signal?.aborted || source.serving ? [] : await source.nonces(second());
  await remember(nonces, second);
  const isLast = !signal?.aborted && !source.serving;
  const rows = isLast ? await moveWrappers(source, wrappers, upgrades) : 0;
  const all = { after: 0 };
  return {
    images: again.images + images.images,
    bytes: again.bytes + images.bytes,
    uploads: late + uploads,
    records: records.moved,
    nonces: nonces.length,
    rows,
    total: {
      images: source.count('image', { ...all, end: ends.image }),
      uploads: source.count('upload', { ...all, end: ends.upload }),
    },
    serving: source.serving,
    interrupted: signal?.aborted ?? false,
    left: [...(await leftImages(target)).values()],
    conflicts: records.conflicts,
  };
}

async function verified(
  context: MoveContext,
  merchants: MerchantRecords,
  ends: Ends,
  moved: MoveReport,
): Promise<MoveReport> {
  context.progress?.begin('verify', moved.total.images + moved.total.uploads);
  const report = await verify(context, merchants, ends);
  return report ? { ...moved, verified: report } : { ...moved, interrupted: true };
}

interface Reached {
  readonly id: number;
  readonly text: string;
}

/**
 * Reads how far earlier runs came.
 *
 * @throws MigrationError if they migrated another folder, whose ids identify other rows
 */
async function readMarks(
  source: FolderContents,
  marks: MoveContext['target']['marks'],
): Promise<{ image: Reached | undefined; upload: Reached | undefined }> {
  async function reached<T extends { id: number }>(
    name: string,
    read: (id: number) => T[],
    at: (row: T) => string,
  ): Promise<Reached | undefined> {
    const text = await marks.get(name);
    if (text === undefined) return undefined;
    const id = Number(text.split(' ')[0]);
    const [row] = read(id);
    if (!row || at(row) !== text) {
      throw new MigrationError({
        en: `a folder other than ${source.path}, or a later copy of it, was migrated to this cluster: its ${name} ${text} does not exist here`,
        'zh-CN': `迁移到这个集群的不是 ${source.path}，而是另一个目录或它更晚的副本：这里没有它的 ${name} ${text}`,
      });
    }
    return { id, text };
  }
  return {
    image: await reached(IMAGE_MARK, (id) => source.images({ after: id - 1, end: id }, 1), imageMark),
    upload: await reached(UPLOAD_MARK, (id) => source.uploads({ after: id - 1, end: id }, 1), uploadMark),
  };
}

/** Identifies a row uniquely, even among rows of other folders with the same id. */
function imageMark({ id, sha256 }: FolderImage): string {
  return `${id} ${sha256.toString('hex')}`;
}

function uploadMark({ id, requestId }: FolderUpload): string {
  return `${id} ${requestId}`;
}
