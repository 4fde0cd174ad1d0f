import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';

/** A folder that exists while its sandbox runs. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Makes a folder that is removed by `remove`, at the latest when the process exits. What a process that was killed left
 * behind is removed by the next one.
 */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), `${PREFIX}${hostMark()}-${process.pid}-`));
  atExit.add(folder);
  if (atExit.size === 1) process.on('exit', removeAll);
  return {
    path: folder,
    async remove() {
      await removeAbandoned();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      atExit.delete(folder);
      if (atExit.size === 0) process.off('exit', removeAll);
    },
  };
}

const PREFIX = 'coupon-media-sandbox-';

/** The folders of this process's sandboxes. There is one listener for all of them. */
const atExit = new Set<string>();

function removeAll(): void {
  for (const folder of atExit) rmSync(folder, { recursive: true, force: true });
}

/** Process ids mean nothing to another container that shares the folder of temporary files. */
function hostMark(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

let swept: Promise<void> | undefined;

/**
 * Removes the folders of processes of this host and user that are gone; once a process, and not for each sandbox. It never rejects:
 * a folder that cannot be removed is no reason not to start.
 */
export function removeAbandoned(): Promise<void> {
  swept ??= sweep().catch(() => {});
  return swept;
}

async function sweep(): Promise<void> {
  const own = hostMark();
  for (const name of await readdir(tmpdir())) {
    const [, host, pid] = /^coupon-media-sandbox-([0-9a-f]{8})-(\d+)-/.exec(name) ?? [];
    if (host !== own || isAlive(Number(pid))) continue;
    const folder = path.join(tmpdir(), name);
    // The folder of temporary files is shared: another user may have chosen such a name for a link.
    const stats = await lstat(folder);
    if (stats.isDirectory() && stats.uid === (process.getuid?.() ?? stats.uid))
      await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists, and may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
