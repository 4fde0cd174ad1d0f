import { createHash } from 'node:crypto';
import {
  both,
  filled,
  type ImageKind,
  imagePath,
  readImagePath,
  type Text,
  withReason,
} from '@coupon-media/apiv3';
import { type CheckReport, type Problem, StoreError, type WorkProgress } from '@coupon-media/server/engine';
import { EngineError } from './engine/calls.js';
import { eachOf } from './move/parallel.js';
import type { Postgres } from './postgres/database.js';
import { reasonOf } from './postgres/errors.js';
import type { Bucket, NamedImage, StoredObject } from './s3/bucket.js';
import { reasonOf as reasonOfS3 } from './s3/errors.js';

export interface CheckOptions {
  /**
   * Whether to read every object and compare its digest. Default: false; only lengths are compared, which reads
   * nothing.
   */
  readonly deep?: boolean;
  /** Unix milliseconds. Default: the clock. */
  readonly now?: number;
  /** Counts the images. */
  readonly progress?: WorkProgress;
}

/** Milliseconds that an object may exist without its row. An upload is in this state for an instant. */
const GRACE = 3_600_000;

/**
 * Objects that are read at the same time, in pieces as they arrive. A read mostly waits for the store, which has other clients to
 * serve, too.
 */
const READERS = 32;

/** Rows that one query reads. */
const PAGE = 1000;
const STRIDE = 100_000;

/**
 * Walks through rows and objects together, both in the order of their keys, and holds only one page of each. Whatever
 * seems wrong is read a second time, because uploads continue between the two reads.
 */
export async function check(
  postgres: Postgres,
  bucket: Bucket,
  { deep = false, now = Date.now(), progress }: CheckOptions,
): Promise<CheckReport> {
  const problems: Problem[] = [];
  let images = 0;
  let uploads = 0;
  let bytes = 0;

  /** If one part fails, the findings of the others are still reported. */
  async function part(name: Text, look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      problems.push({ kind: 'unreadable', detail: withReason(name, reasonOf(error)) });
    }
  }

  /** Compares rows and objects, and gives the rows whose objects are to be read. */
  async function* compared(): AsyncGenerator<NamedImage> {
    const objects = flat(bucket.list());
    const following = () => ofS3(next(objects));
    let object = await following();
    for await (const row of imageRows(postgres)) {
      const { sha256, kind } = row;
      images += 1;
      bytes += row.bytes;
      const key = imagePath(row);
      for (; object && object.key < key; object = await following()) await stray(object);
      const found = object?.key === key ? object : undefined;
      if (found) object = await following();
      const size = found?.bytes === row.bytes ? row.bytes : await ofS3(bucket.size(sha256, kind));
      if (size === undefined) problems.push({ kind: 'missing', sha256, detail: both(key) });
      else if (size !== row.bytes) problems.push({ kind: 'damaged', sha256, detail: both(key) });
      else if (deep) {
        yield row;
        continue;
      }
      progress?.done();
    }
    for (; object; object = await following()) await stray(object);
  }

  await part({ 'zh-CN': '图片', en: 'the images' }, async () => {
    progress?.begin(await countImages(postgres));
    await eachOf(compared(), READERS, async (row) => {
      problems.push(...(await verify(bucket, row)));
      progress?.done();
    });
  });
  await part({ 'zh-CN': '上传记录', en: 'the uploads' }, async () => {
    for await (const page of uploadStrides(postgres)) {
      uploads += page.count;
      problems.push(...page.unattached);
    }
  });
  return { images, uploads, bytes, problems };

  async function stray({ key, storedAt }: StoredObject): Promise<void> {
    if (storedAt > now - GRACE) return;
    const image = readImagePath(key);
    if (image && (await isRecorded(postgres, image.sha256, image.kind))) return;
    problems.push({ kind: 'orphan', ...(image && { sha256: image.sha256 }), detail: both(key) });
  }
}

const UPLOAD = { 'zh-CN': '上传记录 {id}', en: 'upload {id}' };

/** @throws if the store has not responded for a while: what it has is not known, and further objects need not be asked for */
async function verify(bucket: Bucket, { sha256, kind, bytes }: NamedImage): Promise<Problem[]> {
  const detail = both(imagePath({ sha256, kind }));
  const hash = createHash('sha256');
  try {
    for await (const piece of bucket.pieces(sha256, kind, { start: 0, end: bytes - 1 })) hash.update(piece);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'OPEN') throw namedS3(error);
    return [{ kind: 'unreadable', sha256, detail: withReason(detail, reasonOfS3(error)) }];
  }
  return hash.digest('hex') === sha256 ? [] : [{ kind: 'damaged', sha256, detail }];
}

/** Names the store in its errors. */
async function ofS3<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw namedS3(error);
  }
}

function namedS3(cause: unknown): StoreError {
  return new StoreError(withReason(both('S3'), reasonOfS3(cause)), { cause });
}

async function countImages(postgres: Postgres): Promise<number> {
  const { rows } = await postgres.calls.call('check', () =>
    postgres.run<{ count: number }>('select count(*) from image'),
  );
  return Number(rows[0]?.count);
}

async function* imageRows(postgres: Postgres): AsyncGenerator<NamedImage> {
  for (let last: Buffer = Buffer.alloc(0), full = true; full; ) {
    const { rows } = await postgres.calls.call('check', () =>
      postgres.run<{ sha256: Buffer; kind: ImageKind; bytes: number }>(
        `select sha256, kind, bytes from image where sha256 > $1 order by sha256 limit ${PAGE}`,
        [last],
      ),
    );
    for (const row of rows) yield { ...row, sha256: row.sha256.toString('hex') };
    last = rows.at(-1)?.sha256 ?? last;
    full = rows.length === PAGE;
  }
}

async function isRecorded(postgres: Postgres, sha256: string, kind: ImageKind): Promise<boolean> {
  const { rows } = await postgres.calls.call('check', () =>
    postgres.run('select 1 from image where sha256 = $1 and kind = $2', [Buffer.from(sha256, 'hex'), kind]),
  );
  return rows.length > 0;
}

async function* uploadStrides(postgres: Postgres): AsyncGenerator<{ count: number; unattached: Problem[] }> {
  const { rows } = await postgres.calls.call('check', () =>
    postgres.run<{ newest: number }>('select coalesce(max(id), 0) as newest from upload'),
  );
  const newest = Number(rows[0]?.newest);
  for (let after = 0; after < newest; after += STRIDE) {
    const range = [after, after + STRIDE];
    const found = await postgres.calls.call('check', async () => {
      const all = await postgres.run<{ count: number }>(
        'select count(*) from upload where id > $1 and id <= $2',
        range,
      );
      const unattached = await postgres.run<{ id: number; sha256: Buffer }>(
        `select id, sha256 from upload where id > $1 and id <= $2
         and not exists (select from image where image.sha256 = upload.sha256)`,
        range,
      );
      return { count: Number(all.rows[0]?.count), rows: unattached.rows };
    });
    yield {
      count: found.count,
      unattached: found.rows.map(({ id, sha256 }) => ({
        kind: 'unattached',
        sha256: sha256.toString('hex'),
        detail: filled(UPLOAD, { id }),
      })),
    };
  }
}

async function* flat<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page;
}

async function next<T>(items: AsyncGenerator<T>): Promise<T | undefined> {
  const { value, done } = await items.next();
  return done ? undefined : value;
}
