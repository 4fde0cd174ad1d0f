import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGroupCommit } from '../../dist/stores/embedded/group-commit.js';
import { holds, put, sampleBytes } from '../contracts/samples.js';
import { type OpenStore, temporaryStore } from './folders.js';
import { output } from './processes.js';

describe('the embedded store', () => {
  let store: OpenStore;

  beforeEach(async () => {
    store = await temporaryStore();
  });
  afterEach(() => store.end());

  /**
   * Returns the transactions in SQLite's log. The last frame of each contains the new size of the database in pages
   * (sqlite.org/fileformat2, 4.1). Another process reads the log: if this one opened the file beside SQLite, closing it
   * would release SQLite's locks.
   */
  function transactions(): number {
    const log = output('cat', path.join(store.folder, 'store.db-wal'));
    if (log.length === 0) return 0;
    const frame = 24 + log.readUInt32BE(8);
    let count = 0;
    for (let at = 32; at + frame <= log.length; at += frame) {
      // Frames from before the log's restart have another salt.
      if (log.compare(log, 16, 24, at + 8, at + 16) === 0 && log.readUInt32BE(at + 4) > 0) count += 1;
    }
    return count;
  }

  test('records an upload, its image and its nonce in one transaction', async () => {
    const before = transactions();
    await put(store.images, sampleBytes(10_000, 'one'));
    expect(transactions() - before).toBe(1);
  });

  test('shares one transaction among simultaneous uploads', async () => {
    const before = transactions();
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => put(store.images, sampleBytes(10_000, index))),
    );
    expect(transactions() - before).toBe(1);
    expect((await store.images.uploads({})).uploads).toHaveLength(50);
  });

  test('shares the next transaction among uploads that arrive during a commit', async () => {
    const before = transactions();
    const first = put(store.images, sampleBytes(10_000, 'first'));
    for (let turn = 0; turn < 2; turn++) await nextTurn();
    const rest = Array.from({ length: 20 }, (_, index) => put(store.images, sampleBytes(10_000, index)));
    await Promise.all([first, ...rest]);
    expect(transactions() - before).toBe(2);
  });

  test('waits while another process writes, without blocking the event loop', async () => {
    const other = new Sqlite(path.join(store.folder, 'store.db'));
    other.exec('BEGIN IMMEDIATE');
    let recorded = false;
    const upload = put(store.images, sampleBytes(10_000, 'waiting')).then(() => {
      recorded = true;
    });
    for (let turn = 0; turn < 20; turn++) await sleep(1);
    expect(recorded).toBe(false);
    expect((await store.images.uploads({})).uploads).toEqual([]);
    other.exec('COMMIT');
    other.close();
    await upload;
    expect((await store.images.uploads({})).uploads).toHaveLength(1);
  });

  test('spreads large uploads over several transactions', async () => {
    const before = transactions();
    const images = Array.from({ length: 150 }, (_, index) => sampleBytes(65_536, index));
    await Promise.all(images.map((bytes) => put(store.images, bytes)));
    expect(transactions() - before).toBeGreaterThan(1);
    expect(transactions() - before).toBeLessThan(20);
    for (const bytes of images) expect(await holds(store.images, bytes)).toBe(true);
  });
});

describe('a group', () => {
  const item = (name: string, bytes = 1) => ({ name, bytes });

  test('that fails does not affect other groups', async () => {
    const groups: string[][] = [];
    const { add } = createGroupCommit<{ name: string; bytes: number }>(async (group) => {
      groups.push(group.map(({ name }) => name));
      await nextTurn();
      if (groups.length === 2) throw new Error('the disk is full');
    });
    const first = [add(item('a')), add(item('b'))];
    await nextTurn();
    const second = [add(item('c')), add(item('d'))];
    await Promise.all(first);
    const results = await Promise.allSettled(second);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await add(item('e'));
    expect(groups).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('takes as many items as fit, in order, and at least one', async () => {
    const groups: number[][] = [];
    const { add, settled } = createGroupCommit<{ bytes: number }>(
      async (group) => void groups.push(group.map(({ bytes }) => bytes)),
      { limit: 10 },
    );
    for (const bytes of [4, 4, 4, 30, 1, 1]) void add({ bytes });
    await settled();
    expect(groups).toEqual([[4, 4, 4], [30], [1, 1]]);
  });

  test('takes along what may wait, and starts by itself when its time has come', async () => {
    const groups: string[][] = [];
    const { add } = createGroupCommit<{ name: string; bytes: number }>(async (group) => {
      groups.push(group.map(({ name }) => name));
      await nextTurn();
    });
    const patient = add(item('patient'), 600_000);
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    expect(groups).toEqual([]);
    const urgent = add(item('urgent'));
    await nextTurn();
    const others = [add(item('more patient'), 600_000), add(item('less patient'), 1)];
    await Promise.all([patient, urgent, ...others]);
    expect(groups).toEqual([
      ['patient', 'urgent'],
      ['more patient', 'less patient'],
    ]);
  });

  test('is settled with those that may wait', async () => {
    const groups: string[][] = [];
    const { add, settled } = createGroupCommit<{ name: string; bytes: number }>(
      async (group) => void groups.push(group.map(({ name }) => name)),
    );
    const first = add(item('first'));
    await nextTurn();
    const second = add(item('second'), 600_000);
    await settled();
    await Promise.all([first, second]);
    expect(groups).toEqual([['first'], ['second']]);
  });

  test('is settled once all waiting items are committed', async () => {
    let committed = 0;
    const { add, settled } = createGroupCommit<{ bytes: number }>(async (group) => {
      await nextTurn();
      committed += group.length;
    });
    await settled();
    void add({ bytes: 1 });
    await nextTurn();
    void add({ bytes: 1 });
    await settled();
    expect(committed).toBe(2);
  });
});
