import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** @returns the first line of a command's `--version`; undefined if this machine has no such command */
export async function commandVersion(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ['--version']);
    return stdout.split('\n')[0];
  } catch {
    return undefined;
  }
}
