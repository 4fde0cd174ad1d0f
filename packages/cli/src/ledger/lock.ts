import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { CommandError } from '../failure.js';

/**
 * Takes a file for this process alone: two runs at once would send the same pictures twice. A lock whose process has gone
 * is taken over.
 *
 * @returns gives it back
 * @throws CommandError naming the process that has it
 */
export async function lock(file: string): Promise<() => Promise<void>> {
  const name = `${file}.lock`;
  const own = `${name}.${process.pid}`;
  for (let tries = 0; ; tries += 1) {
    try {
      // Linked when it is written: whoever finds it finds the number in it.
      await writeFile(own, String(process.pid), { mode: 0o600 });
      await link(own, name);
      return () => rm(name, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 2) throw error;
      const owner = Number(await readFile(name, 'utf8').catch(() => ''));
      if (isRunning(owner)) throw new CommandError('ledger.inUse', { file, pid: owner, lock: name });
      await rm(name, { force: true });
    } finally {
      await rm(own, { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
