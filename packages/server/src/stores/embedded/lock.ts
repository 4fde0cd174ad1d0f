import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy, openAlone } from './binding.js';
import { type Folder, FolderError, readIfThere } from './folder.js';

export interface Lock {
  /**
   * Whether the previous service did not release the lock cleanly: it was killed, or it left files that it could not
   * tell from images.
   */
  readonly unclean: boolean;
  /** @param leftovers whether the next service has to sweep */
  release(leftovers: boolean): Promise<void>;
}

/**
 * Locks the folder for one service.
 *
 * The lock is SQLite's lock on an empty database. The kernel releases it when the process ends, for whatever reason,
 * and it works between containers, where process ids mean nothing.
 */
export async function lockFolder(folder: Folder): Promise<Lock> {
  const connection = openAlone(folder.lock);
  try {
    // Nothing is ever written to this database. A journal in memory prevents a second file.
    connection.exec('PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    throw isBusy(error) ? await inUse(folder, error) : error;
  }
  try {
    const unclean = (await readIfThere(folder.holder)) !== undefined;
    await writeFile(folder.holder, `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`, {
      mode: 0o600,
    });
    return {
      unclean,
      async release(leftovers) {
        if (!leftovers) await rm(folder.holder, { force: true });
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Another service has the folder. */
export class FolderInUseError extends FolderError {
  override readonly name = 'FolderInUseError';
  override readonly code = 'FOLDER_IN_USE';
}

async function inUse(folder: Folder, cause: unknown): Promise<Error> {
  const holder = await holderOf(folder);
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  const whoInChinese = holder ? ` ${holder.host} 上的进程 ${holder.pid} ` : '另一个进程';
  const texts = {
    en: `${folder.path} is already served by ${who}: stop it, or use another folder`,
    'zh-CN': `${folder.path} 正由${whoInChinese}使用：请先停止它，或换一个目录`,
  };
  return new FolderInUseError(texts, { cause });
}

/** The new holder of the lock may not have written its description yet. */
async function holderOf(folder: Folder): Promise<{ pid: number; host: string } | undefined> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const text = await readIfThere(folder.holder).catch(() => undefined);
    if (text?.endsWith('\n')) return JSON.parse(text);
    await sleep(10);
  }
  return undefined;
}
