import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkEmbeddedStore, openEmbeddedStore } from '../../dist/stores/embedded/index.js';
import { get, sha256 } from '../contracts/samples.js';
import { temporaryFolder } from './folders.js';
import { injectFaults, needing, startUploader } from './processes.js';
import { readTrace, type Traced } from './traces.js';

const SMALL = 20_000;
const LARGE = 150_000;

/** Three images each are uploaded before, during and after a fault. These are the ones during it. */
const DURING = [3, 4, 5];

/** The path of an image of children/uploads.mjs. */
function imageFolder(index: number): string {
  const bytes = Buffer.alloc(LARGE, createHash('sha512').update(`faults ${index}`).digest());
  return `images/${sha256(bytes).slice(0, 2)}`;
}

interface Fault {
  readonly name: string;
  /** Bytes of each image. */
  readonly size: number;
  /** The expression for strace: which calls fail, and with which error. */
  readonly inject: string;
  /** The paths in the store's folder that the fault concerns. */
  readonly paths?: readonly string[];
  /** The error of the disk or of SQLite. */
  readonly code: string;
}

const log = ['store.db-wal'];
const spools = DURING.map((index) => `incoming/${index + 1}.part`);
const writes = 'write,writev,pwrite64,pwritev';

const FAULTS: readonly Fault[] = [
  {
    name: 'EIO, fsync of a commit',
    size: SMALL,
    inject: 'fsync:error=EIO',
    paths: log,
    code: 'SQLITE_IOERR_FSYNC',
  },
  {
    name: 'EIO, write of a commit',
    size: SMALL,
    inject: 'pwrite64:error=EIO',
    paths: log,
    code: 'SQLITE_IOERR_WRITE',
  },
  {
    name: 'ENOSPC, write of a commit',
    size: SMALL,
    inject: 'pwrite64:error=ENOSPC',
    paths: log,
    code: 'SQLITE_FULL',
  },
  {
    name: 'EIO, fsync of a record',
    size: LARGE,
    inject: 'fsync:error=EIO',
    paths: log,
    code: 'SQLITE_IOERR_FSYNC',
  },
  { name: 'EIO, fsync of a file', size: LARGE, inject: 'fdatasync:error=EIO', code: 'EIO' },
  { name: 'EIO, write of a file', size: LARGE, inject: `${writes}:error=EIO`, paths: spools, code: 'EIO' },
  {
    name: 'ENOSPC, write of a file',
    size: LARGE,
    inject: `${writes}:error=ENOSPC`,
    paths: spools,
    code: 'ENOSPC',
  },
  { name: 'EIO, rename of a file', size: LARGE, inject: 'rename:error=EIO', code: 'EIO' },
  {
    name: 'EIO, fsync of a folder',
    size: LARGE,
    inject: 'fsync:error=EIO',
    paths: DURING.map(imageFolder),
    code: 'EIO',
  },
  {
    name: 'EIO, fsync of the folders',
    size: LARGE,
    inject: 'fsync:error=EIO',
    paths: ['images'],
    code: 'EIO',
  },
  { name: 'too many open files', size: LARGE, inject: 'openat:error=EMFILE', paths: spools, code: 'EMFILE' },
  {
    name: 'a disk turned read-only',
    size: LARGE,
    inject: 'openat:error=EROFS',
    paths: spools,
    code: 'EROFS',
  },
];

describe('the embedded store', needing({ strace: true }), () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    await (await openEmbeddedStore({ folder })).close();
  });
  afterEach(() => remove());

  test.each(FAULTS)('refuses uploads during the fault and recovers by itself: $name', async (fault) => {
    const uploader = await startUploader({ folder, seed: 'faults', sizes: [fault.size] });
    const before = await uploader.upload(3);
    const paths = fault.paths?.map((name) => path.join(folder, name)) ?? [];
    const faults = await injectFaults(uploader.process.pid ?? 0, fault.inject, paths);
    const during = await uploader.upload(3);
    await faults.end();
    const after = await uploader.upload(3);
    await uploader.close();
    expect(before.map(({ kept }) => kept)).toEqual([true, true, true]);
    expect(during.map(({ code }) => code)).toEqual([fault.code, fault.code, fault.code]);
    expect(after.map(({ kept }) => kept)).toEqual([true, true, true]);

    const store = await openEmbeddedStore({ folder });
    for (const { sha256: digest } of [...before, ...after]) {
      const bytes = await get(store.images, digest);
      expect(bytes && sha256(bytes)).toBe(digest);
    }
    for (const { sha256: digest } of during) expect(await store.images.read(digest)).toBeUndefined();
    expect((await store.images.uploads({})).uploads).toHaveLength(6);
    // Far in the future, so that no file can be an upload in progress.
    const { problems } = await checkEmbeddedStore({ folder, now: Date.now() + 86_400_000 });
    expect(problems).toEqual([]);
    await store.close();
  });

  test('continues while its log cannot be copied into the database', async () => {
    const uploader = await startUploader({ folder, seed: 'log', sizes: [60_000], concurrency: 20 });
    const faults = await injectFaults(uploader.process.pid ?? 0, 'pwrite64:error=EIO', [
      path.join(folder, 'store.db'),
    ]);
    // Twice the amount after which the log is copied.
    const during = await uploader.upload(280);
    await faults.end();
    const after = await uploader.upload(280);
    await uploader.close();
    const store = await openEmbeddedStore({ folder });
    for (const { kept, sha256: digest } of [...during, ...after]) {
      const bytes = await get(store.images, digest);
      expect(kept && bytes && sha256(bytes)).toBe(digest);
    }
    expect((await checkEmbeddedStore({ folder })).problems).toEqual([]);
    await store.close();
  });

  /** The system calls of one upload, in order. */
  async function traceOf(size: number, calls: string): Promise<Traced[]> {
    const trace = path.join(folder, '..', 'trace');
    const under = ['strace', '-f', '-qq', '-y', '-o', trace, '-e', `trace=${calls}`];
    const uploader = await startUploader({ folder, seed: 'faults', sizes: [size], under });
    await uploader.upload(1);
    await uploader.close();
    return readTrace(await readFile(trace, 'utf8'));
  }

  function theOne(calls: readonly Traced[], name: string, about: string): Traced {
    const found = calls.filter((call) => call.name === name && call.args.includes(about));
    expect(found, `${name} of ${about}`).toHaveLength(1);
    return found[0] as Traced;
  }

  test('makes bytes, name, folder and record durable in this order before it acknowledges', async () => {
    const calls = await traceOf(LARGE, 'fsync,fdatasync,rename,write');
    const bytes = theOne(calls, 'fdatasync', '/incoming/1.part');
    const folders = theOne(calls, 'fsync', '/images>');
    const name = theOne(calls, 'rename', '/incoming/1.part');
    const folderOfIt = theOne(calls, 'fsync', `/${imageFolder(0)}>`);
    const told = theOne(calls, 'write', '"kept ');
    expect(Math.max(bytes.ended, folders.ended)).toBeLessThan(name.began);
    expect(name.ended).toBeLessThan(folderOfIt.began);
    const record = calls.filter(({ name, args }) => name === 'fsync' && args.includes('/store.db-wal'));
    expect(record.some(({ began, ended }) => began > folderOfIt.ended && ended < told.began)).toBe(true);
  });

  test('makes a small image and its record durable together before it acknowledges', async () => {
    const calls = await traceOf(SMALL, 'fsync,pwrite64,write');
    const told = theOne(calls, 'write', '"kept ');
    const opened = theOne(calls, 'write', '"ready');
    const commit = calls.filter(
      ({ args, began, ended }) =>
        args.includes('/store.db-wal') && began > opened.ended && ended < told.began,
    );
    expect(commit.filter(({ name }) => name === 'pwrite64').length).toBeGreaterThan(SMALL / 8192);
    expect(commit.filter(({ name }) => name === 'fsync').length).toBeGreaterThan(0);
    expect(commit.at(-1)?.name).toBe('fsync');
  });
});
