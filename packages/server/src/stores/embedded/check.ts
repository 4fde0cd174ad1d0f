import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { both, errorText, filled, type ImageKind, type Text, withReason } from '@coupon-media/apiv3';
import type { CheckReport, Problem, WorkProgress } from '../index.js';
import { BUSY_TIMEOUT, openInBackground, type SqliteConnection } from './binding.js';
import { type Folder, imageFiles, sizeIfThere } from './folder.js';

/** Milliseconds that a file may exist without its record. An upload is in this state for an instant. */
const GRACE = 60_000;

/** Images after which other work of the process has its turn. */
const TURN = 64;

/**
 * Verifies the digest of every record's bytes and the record of every file. A service may run meanwhile in another
 * process; this process is kept busy.
 *
 * @param now Unix milliseconds
 */
export async function check(
  folder: Folder,
  reader: SqliteConnection,
  now: number,
  progress?: WorkProgress,
): Promise<CheckReport> {
  const problems: Problem[] = [];
  const ofDatabase: Problem[] = [];
  let images = 0;
  let uploads = 0;
  let bytes = 0;

  /** If one part fails, the findings of the others are still reported. */
  async function part(
    name: Text,
    look: () => Promise<Problem[]> | Problem[],
    found = problems,
  ): Promise<void> {
    try {
      found.push(...(await look()));
    } catch (error) {
      found.push({ kind: 'unreadable', detail: withReason(name, errorText(error)) });
    }
  }

  const sound = part({ 'zh-CN': '数据库', en: 'the database' }, () => structure(folder), ofDatabase);
  await part({ 'zh-CN': '图片', en: 'the images' }, async () => {
    progress?.begin(Number(reader.row('select count(*) from image')([])?.[0]));
    const read = reader.row('select sha256, kind, bytes, content from image where id = ?');
    for (const id of imageIds(reader)) {
      // SQLite never waits, so that a timer that shows the progress would not run.
      if (images % TURN === 0) await setImmediate();
      await part(filled(RECORD, { id }), async () => {
        const [digest, kind, length, content] = read([id]) as [Buffer, ImageKind, number, Buffer | null];
        const sha256 = digest.toString('hex');
        images += 1;
        bytes += length;
        return verify({ sha256, bytes: length, content }, folder.image(sha256, kind));
      });
      progress?.done();
    }
    return [];
  });
  await part({ 'zh-CN': '文件', en: 'the files' }, () => orphans(folder, reader, now));
  await part({ 'zh-CN': '上传记录', en: 'the uploads' }, () => {
    uploads = Number(reader.row('select count(*) from upload')([])?.[0]);
    return unattached(reader);
  });
  await sound;
  return { images, uploads, bytes, problems: [...ofDatabase, ...problems] };
}

/** SQLite's own check reads everything once more, on a thread of the binding, where only a statement without rows can run. */
async function structure({ database }: Folder): Promise<Problem[]> {
  const apart = await openInBackground(database, BUSY_TIMEOUT);
  try {
    await apart.exec(
      `create temp table finding as select integrity_check as text from pragma_integrity_check(20, 'store')`,
    );
    const findings = await apart.query('select text from finding');
    return (findings([]) as { text: string }[])
      .filter(({ text }) => text !== 'ok')
      .map(({ text }) => ({ kind: 'structure', detail: both(text) }));
  } finally {
    await apart.close();
  }
}

function* imageIds(reader: SqliteConnection): Generator<number> {
  const some = reader.prepare('select id from image where id > ? order by id limit 1000');
  for (let last = 0; ; ) {
    const ids = (some.all([last]) as { id: number }[]).map(({ id }) => id);
    if (ids.length === 0) return;
    yield* ids;
    last = ids.at(-1) ?? last;
  }
}

interface ImageRecord {
  sha256: string;
  bytes: number;
  /** Null if the bytes are in the file. */
  content: Buffer | null;
}

async function verify({ sha256, bytes, content }: ImageRecord, file: string): Promise<Problem[]> {
  const hash = createHash('sha256');
  try {
    const found = content ? content.length : await sizeIfThere(file);
    if (found === undefined) return [{ kind: 'missing', sha256, detail: both(file) }];
    if (content) hash.update(content);
    else await pipeline(createReadStream(file), hash);
    if (found === bytes && hash.digest('hex') === sha256) return [];
    return [{ kind: 'damaged', sha256, detail: content ? IN_DATABASE : both(file) }];
  } catch (error) {
    return [{ kind: 'unreadable', sha256, detail: withReason(file, errorText(error)) }];
  }
}

async function orphans(folder: Folder, reader: SqliteConnection, now: number): Promise<Problem[]> {
  const isRecorded = reader.row('select 1 from image where sha256 = ? and content is null');
  const found: Problem[] = [];
  for await (const { file, sha256 } of imageFiles(folder)) {
    if (sha256 !== undefined && isRecorded([Buffer.from(sha256, 'hex')])) continue;
    const { mtimeMs } = await stat(file);
    if (mtimeMs < now - GRACE)
      found.push({ kind: 'orphan', ...(sha256 !== undefined && { sha256 }), detail: both(file) });
  }
  return found;
}

function unattached(reader: SqliteConnection): Problem[] {
  return (
    reader
      .prepare(
        `select id, lower(hex(sha256)) as sha256 from upload
         where not exists (select 1 from image where image.sha256 = upload.sha256)`,
      )
      .all([]) as { id: number; sha256: string }[]
  ).map(({ id, sha256 }) => ({ kind: 'unattached', sha256, detail: filled(UPLOAD, { id }) }));
}

const RECORD = { 'zh-CN': '图片记录 {id}', en: 'image record {id}' };
const UPLOAD = { 'zh-CN': '上传记录 {id}', en: 'upload {id}' };
const IN_DATABASE = { 'zh-CN': '在数据库中', en: 'in the database' };
