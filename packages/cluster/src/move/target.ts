import { randomUUID } from 'node:crypto';
import type { FolderImage, FolderUpload } from '@coupon-media/server';
import { MigrationError } from './report.js';
import type { Query, Rows } from './rows.js';

/** The records of a cluster, as far as a migration writes and compares them. */
export interface Target {
  marks: Marks;
  /**
   * Adds rows and sets the mark in one transaction.
   *
   * @throws MigrationError like `checkRun`
   */
  addImages(images: readonly FolderImage[], mark: Step): Promise<void>;
  /**
   * Adds rows, whose new ids keep their order, and sets the mark in one transaction.
   *
   * @throws MigrationError like `checkRun`
   */
  addUploads(uploads: readonly FolderUpload[], mark: Step): Promise<void>;
  /** Returns the images that exist, by their digests in hex. */
  images(digests: readonly Buffer[]): Promise<Map<string, Omit<FolderImage, 'id' | 'sha256'>>>;
  /** Returns the uploads that exist with this time and request id, by the request id. */
  uploads(wanted: readonly FolderUpload[]): Promise<Map<string, FolderUpload>>;
}

/**
 * The progress of a migration, as names and values in a table of the target. A mark is therefore written in the same
 * transaction as the rows that it counts.
 */
export interface Marks {
  /**
   * @throws MigrationError if another run has started since. The later run takes over, so that a run that hangs blocks
   *   nothing
   */
  checkRun(): Promise<void>;
  get(name: string): Promise<string | undefined>;
  /** Returns the marks whose names begin with the prefix, by name. */
  all(prefix: string): Promise<{ name: string; value: string }[]>;
  set(name: string, value: string): Promise<void>;
}

export interface Step {
  readonly name: string;
  /** Undefined if there was no mark. */
  readonly from: string | undefined;
  readonly to: string;
  /** Other marks to set or, with an undefined value, to delete in the same transaction. */
  readonly also?: readonly { name: string; value: string | undefined }[];
}

/** @throws MigrationError if the cluster contains data that no migration brought */
export async function openTarget(rows: Rows): Promise<Target> {
  await rows.query('create table if not exists embedded_move (name text primary key, value text not null)');
  await checkNew(rows);
  const run = randomUUID();
  await setMark(rows.query, RUN, run);
  const marks: Marks = {
    checkRun: () => checkRun(rows.query, run),
    get: async (name) => (await markedAs(rows.query, name))?.value,
    all: (prefix) =>
      rows.query('select name, value from embedded_move where starts_with(name, $1) order by name', [prefix]),
    set: (name, value) => setMark(rows.query, name, value),
  };
  return {
    marks,
    addImages: (images, mark) =>
      rows.together(async (query) => {
        await checkRun(query, run);
        if (!(await takeStep(query, mark))) return;
        await query(
          `insert into image (sha256, kind, bytes, width, height)
           select * from unnest($1::bytea[], $2::text[], $3::int[], $4::int[], $5::int[])
           on conflict do nothing`,
          columns(images, ['sha256', 'kind', 'bytes', 'width', 'height']),
        );
      }),
    addUploads: (uploads, mark) =>
      rows.together(async (query) => {
        await checkRun(query, run);
        if (!(await takeStep(query, mark))) return;
        await query(
          `insert into upload (merchant, filename, sha256, at, request_id)
           select merchant, filename, sha256, at, request_id
           from unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[], $5::text[])
             with ordinality as moved (merchant, filename, sha256, at, request_id, position)
           order by position
           on conflict do nothing`,
          columns(uploads, ['merchant', 'filename', 'sha256', 'at', 'requestId']),
        );
      }),
    async images(digests) {
      const found = await rows.query<FolderImage>(
        'select sha256, kind, bytes, width, height from image where sha256 = any($1::bytea[])',
        [digests],
      );
      return new Map(found.map(({ sha256, ...image }) => [sha256.toString('hex'), image]));
    },
    async uploads(wanted) {
      const found = await rows.query<FolderUpload>(
        `select id, merchant, filename, sha256, at, request_id as "requestId"
         from unnest($1::bigint[], $2::text[]) as wanted (at, request_id) join upload using (at, request_id)`,
        columns(wanted, ['at', 'requestId']),
      );
      return new Map(found.map((upload) => [upload.requestId, upload]));
    },
  };
}

/** Rejects a cluster that has been in service. Its own keys, merchants and URLs would be mixed with the folder's. */
async function checkNew({ query }: Rows): Promise<void> {
  const [found] = await query<{ begun: boolean; used: boolean }>(
    `select exists (select 1 from embedded_move where name <> '${RUN}') as begun,
            exists (select 1 from upload) or exists (select 1 from image) or exists (select 1 from merchant)
              or exists (select 1 from platform_key) as used`,
  );
  if (found?.used && !found.begun) {
    throw new MigrationError({
      en: 'the cluster has already been in service and has its own merchants, keys or images: migrate into a new database before its first node starts',
      'zh-CN': '该集群已投入使用，有自己的商户、密钥或图片：请在第一个节点启动之前，迁移到新建的数据库',
    });
  }
}

/** The mark that names the current run. */
const RUN = 'run';

/**
 * Locks the mark of the run for the transaction. A run that takes over therefore waits for the transactions in progress
 * and sees their marks.
 */
async function checkRun(query: Query, run: string): Promise<void> {
  const [latest] = await query<{ value: string }>(
    'select value from embedded_move where name = $1 for share',
    [RUN],
  );
  if (latest?.value !== run)
    throw new MigrationError({
      en: 'another run is migrating to this cluster and has taken over: this run ends',
      'zh-CN': '另一个迁移进程已接手这个集群，本次迁移结束',
    });
}

/** @returns false if the step was taken before: its response was lost, and its rows exist */
async function takeStep(query: Query, { name, from, to, also = [] }: Step): Promise<boolean> {
  const taken =
    from === undefined
      ? await query('insert into embedded_move values ($1, $2) on conflict do nothing returning name', [
          name,
          to,
        ])
      : await query('update embedded_move set value = $3 where name = $1 and value = $2 returning name', [
          name,
          from,
          to,
        ]);
  if (taken.length === 0) {
    if ((await markedAs(query, name))?.value === to) return false;
    throw new MigrationError({
      en: `another process changed the mark "${name}": run the same command again`,
      'zh-CN': `迁移进度“${name}”被其他进程改动：请重新运行同一命令`,
    });
  }
  for (const mark of also) {
    if (mark.value !== undefined) await setMark(query, mark.name, mark.value);
    else await query('delete from embedded_move where name = $1', [mark.name]);
  }
  return true;
}

async function setMark(query: Query, name: string, value: string): Promise<void> {
  await query(
    'insert into embedded_move values ($1, $2) on conflict (name) do update set value = excluded.value',
    [name, value],
  );
}

async function markedAs(query: Query, name: string): Promise<{ value: string } | undefined> {
  return (await query<{ value: string }>('select value from embedded_move where name = $1', [name]))[0];
}

/** Turns rows into one array per column, as a statement for many rows expects them. */
function columns<T>(rows: readonly T[], names: readonly (keyof T)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]));
}
