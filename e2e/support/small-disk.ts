import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Mounts a disk of so many bytes for as long as the test takes. Only root may.
 *
 * @returns its folder
 */
export async function smallDisk(bytes: number): Promise<string> {
  const disk = await mkdtemp(path.join(tmpdir(), 'coupon-media-disk-'));
  mounted('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk);
  onTestFinished(async () => {
    mounted('umount', '--lazy', disk);
    await rm(disk, { recursive: true });
  });
  return disk;
}

function mounted(command: string, ...parameters: string[]): void {
  const { status, stderr } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
