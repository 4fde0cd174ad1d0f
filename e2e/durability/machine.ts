import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/sandbox.js';

const run = promisify(execFile);

/**
 * Changes that tests make to this machine. They are tried once in an empty folder, because not every root user is
 * allowed to make them.
 */
const TRIALS = {
  chattr: 'touch file && chattr +i file && chattr -i file',
  mount: 'mkdir place && mount -t tmpfs tmpfs place && umount place',
  prlimit: 'prlimit --nofile=100 true',
  strace: 'strace -o trace true',
} as const;

/** A command that a test needs. */
export type Command = keyof typeof TRIALS;

const outcomes = new Map<Command, Promise<string | undefined>>();

/** @returns the reason why a test that needs this command and root cannot run here; undefined if it can */
export async function missing(command: Command): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  const known = outcomes.get(command) ?? tried(command);
  outcomes.set(command, known);
  return known;
}

async function tried(command: Command): Promise<string | undefined> {
  const cwd = await temporaryFolder();
  try {
    await run('sh', ['-c', TRIALS[command]], { cwd });
    return undefined;
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    return `${command} does not work here: ${stderr.trim().split('\n').at(-1)}`;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** @returns a folder that is a small disk of its own until the test has ended; the test is skipped where there can be none */
export async function smallDisk(bytes: number, skip: (reason: string) => never): Promise<string> {
  const reason = await missing('mount');
  if (reason) skip(reason);
  const disk = await temporaryFolder();
  onTestFinished(() => rm(disk, { recursive: true, force: true }));
  await mountTmpfs(disk, bytes);
  return disk;
}

/** Mounts a small file system in memory on a folder until the test has ended. */
export async function mountTmpfs(folder: string, bytes: number): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', folder]);
  onTestFinished(async () => {
    await run('umount', ['--lazy', folder]);
  });
}
