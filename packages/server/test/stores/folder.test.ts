import { readFileSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  FolderInUseError,
  openEmbeddedMerchants,
  openEmbeddedStore,
} from '../../dist/stores/embedded/index.js';
import { holds, put, sampleBytes } from '../contracts/samples.js';
import { temporaryFolder } from './folders.js';
import { output, startUploader } from './processes.js';

let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterEach(() => remove());

describe('a folder', () => {
  test('and its database can be read by the owner alone', async () => {
    const store = await openEmbeddedStore({ folder });
    await put(store.images, sampleBytes(100_000, 'file'));
    for (const name of await readdir(folder, { recursive: true })) {
      const { mode } = await stat(path.join(folder, name));
      expect(mode & 0o077, name).toBe(0);
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await store.close();
  });

  test('belongs to one service: a second one is told which process has it', async () => {
    const store = await openEmbeddedStore({ folder });
    await expect(openEmbeddedStore({ folder })).rejects.toThrow(FolderInUseError);
    await expect(openEmbeddedStore({ folder })).rejects.toThrow(`process ${process.pid} `);
    await store.close();
    await (await openEmbeddedStore({ folder })).close();
  });

  test('belongs to one of several processes until it is killed', async () => {
    const other = await startUploader({ folder, sizes: [70_000] });
    await expect(openEmbeddedStore({ folder })).rejects.toThrow(`process ${other.process.pid} `);
    await other.kill();
    await (await openEmbeddedStore({ folder })).close();
  });

  test('is free again after a failed opening', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'store.db'),
      'this is no database, and long enough to be taken for a broken one'.repeat(99),
    );
    const opening = openEmbeddedStore({ folder });
    await expect(opening).rejects.toThrow(/store\.db could not be opened: /);
    await expect(opening).rejects.toHaveProperty('cause');
    await expect(openEmbeddedStore({ folder })).rejects.not.toThrow(FolderInUseError);
  });

  test('can be created by several processes at the same time', async () => {
    const built = new URL('../../dist/stores/embedded/index.js', import.meta.url).href;
    const script = `
      const { openEmbeddedMerchants } = await import('${built}');
      const merchants = await openEmbeddedMerchants({ folder: '${folder}' });
      await merchants.saveSetting(process.argv[1], 'made');
      await merchants.close();`;
    const shell = ['a', 'b', 'c', 'd'].map((name) => `"$0" --input-type=module -e "$1" ${name} & `).join('');
    output('sh', '-c', `${shell} wait`, process.execPath, script);
    const merchants = await openEmbeddedMerchants({ folder });
    for (const name of ['a', 'b', 'c', 'd']) expect(await merchants.setting(name)).toBe('made');
    await merchants.close();
  });

  test('of a newer version is refused', async () => {
    const merchants = await openEmbeddedMerchants({ folder });
    await merchants.close();
    const { default: Sqlite } = await import('libsql');
    const database = new Sqlite(path.join(folder, 'store.db'));
    database.exec('PRAGMA user_version=99');
    database.close();
    await expect(openEmbeddedStore({ folder })).rejects.toThrow('newer version');
  });
});

describe('what a killed service left behind', () => {
  const recorded = sampleBytes(100_000, 'recorded');
  const orphan = '0123456789abcdef'.repeat(4);
  const fileOf = (digest: string) => path.join(folder, 'images', digest.slice(0, 2), `${digest}.png`);

  async function leave({ unclean }: { unclean: boolean }): Promise<void> {
    const store = await openEmbeddedStore({ folder });
    await put(store.images, recorded);
    await store.close();
    await leaveFiles();
    if (unclean) await writeFile(path.join(folder, 'service.json'), '{"pid":1,"host":"gone"}\n');
  }

  async function leaveFiles(): Promise<void> {
    await mkdir(path.dirname(fileOf(orphan)), { recursive: true });
    await writeFile(fileOf(orphan), 'published, and killed before it was recorded');
    await writeFile(path.join(path.dirname(fileOf(orphan)), 'notes.txt'), 'somebody else’s');
    await writeFile(path.join(folder, 'incoming', '7.part'), 'arriv');
  }

  test('is removed when the next one opens the folder, and nothing else is', async () => {
    await leave({ unclean: true });
    const store = await openEmbeddedStore({ folder });
    expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
    expect(await readdir(path.dirname(fileOf(orphan)))).toEqual(['notes.txt']);
    expect(await holds(store.images, recorded)).toBe(true);
    await store.close();
    expect(await readdir(folder)).not.toContain('service.json');
  });

  test('is not searched for after a service that ended cleanly', async () => {
    await leave({ unclean: false });
    const store = await openEmbeddedStore({ folder });
    expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
    expect(await readdir(path.dirname(fileOf(orphan)))).toHaveLength(2);
    await store.close();
  });

  test('is not touched by commands that run beside a service', async () => {
    const other = await startUploader({ folder, sizes: [70_000] });
    await leaveFiles();
    const merchants = await openEmbeddedMerchants({ folder });
    await merchants.saveSetting('name', 'value');
    await merchants.close();
    expect(await readdir(path.join(folder, 'incoming'))).toEqual(['7.part']);
    expect(await readdir(path.dirname(fileOf(orphan)))).toHaveLength(2);
    await other.kill();
    expect(JSON.parse(readFileSync(path.join(folder, 'service.json'), 'utf8'))).toMatchObject({
      pid: other.process.pid,
    });
  });
});
