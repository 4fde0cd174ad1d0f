import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { checkEmbeddedStore, openEmbeddedStore } from '../../dist/stores/embedded/index.js';
import { get, sha256 } from '../contracts/samples.js';
import { temporaryFolder } from './folders.js';
import { startUploader, type Told } from './processes.js';

/** The number of kills. Run `CRASHES=200 npx vitest run crash` for a longer trial. */
const CRASHES = Number(process.env.CRASHES ?? 8);

test(
  'SIGKILL at any moment loses no acknowledged image and leaves nothing half written',
  async () => {
    const { folder, remove } = await temporaryFolder();
    const acknowledged: Told[] = [];
    const swept = { arriving: 0, withoutRecord: 0 };
    try {
      for (let crash = 0; crash < CRASHES; crash++) {
        const sizes = [3_000, 90_000, 40_000, 400_000];
        const run = await startUploader({ folder, seed: crash, concurrency: 12, sizes });
        run.uploadOn();
        await sleep(40 + Math.random() * 360);
        await run.kill();
        swept.arriving += (await readdir(path.join(folder, 'incoming'))).length;
        swept.withoutRecord += await openAfterCrash(run.told);
        acknowledged.push(...run.told);
      }
      await openAfterCrash(acknowledged);
      // Far in the future, so that no file can be an upload in progress.
      const report = await checkEmbeddedStore({ folder, now: Date.now() + 86_400_000 });
      expect(report.problems).toEqual([]);
      expect(report.images).toBeGreaterThanOrEqual(acknowledged.length);
    } finally {
      await remove();
    }
    process.stdout.write(
      `crashes: ${CRASHES} kills, ${acknowledged.length} uploads acknowledged, 0 lost; swept: ` +
        `${swept.arriving} files that were arriving, ${swept.withoutRecord} without a record\n`,
    );
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(swept.arriving).toBeGreaterThan(0);

    /** @returns the number of files without a record that were removed */
    async function openAfterCrash(told: readonly Told[]): Promise<number> {
      const before = await countFiles();
      const store = await openEmbeddedStore({ folder });
      try {
        expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
        for (const { kept, sha256: digest, size, code } of told) {
          expect(kept, code).toBe(true);
          const bytes = await get(store.images, digest);
          expect(bytes?.length).toBe(size);
          expect(bytes && sha256(bytes)).toBe(digest);
        }
        return before - (await countFiles());
      } finally {
        await store.close();
      }
    }

    async function countFiles(): Promise<number> {
      const entries = await readdir(path.join(folder, 'images'), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).length;
    }
  },
  60_000 + CRASHES * 10_000,
);
