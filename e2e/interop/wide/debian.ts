import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * Debian's packages, installed into a layer over this machine that is gone afterwards. It needs root, and leaves the machine itself
 * as it is: the layer is in memory, and only programs that are run in it see it.
 */
export interface Layer {
  /** The machine with the packages, as a folder. */
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * @param folder where the layer is mounted; it must not be in memory itself
 * @param packages with exact versions: `libwww-perl=6.68-1`
 * @throws Error with the output of what failed
 */
export async function openLayer(folder: string, packages: readonly string[]): Promise<Layer> {
  const [memory, root] = [path.join(folder, 'memory'), path.join(folder, 'root')];
  const layer = { root, remove: () => removeLayer(memory, root) };
  await layer.remove();
  for (const each of [memory, root]) mkdirSync(each, { recursive: true });
  await execute('mount', ['-t', 'tmpfs', 'tmpfs', memory]);
  for (const part of ['upper', 'work']) mkdirSync(path.join(memory, part));
  const layers = `lowerdir=/,upperdir=${memory}/upper,workdir=${memory}/work`;
  await execute('mount', ['-t', 'overlay', 'overlay', '-o', layers, root]);
  for (const part of ['proc', 'dev']) await execute('mount', ['--bind', `/${part}`, path.join(root, part)]);
  const apt = ['apt-get', '-y', '-o', 'Dpkg::Options::=--force-unsafe-io'];
  const quiet = { DEBIAN_FRONTEND: 'noninteractive', POLICYRCD: '101' };
  try {
    await execute(
      'chroot',
      [root, ...apt, 'install', '--no-install-recommends', '--allow-downgrades', ...packages],
      quiet,
    );
  } catch (error) {
    await layer.remove();
    throw error;
  }
  return layer;
}

/** Copies the programs, and the folder of the images at the path that they are given. */
export function copyInto({ root }: Layer, from: string, to: string): void {
  const target = path.join(root, to);
  mkdirSync(target, { recursive: true });
  cpSync(from, target, { recursive: true });
}

async function removeLayer(memory: string, root: string): Promise<void> {
  const mounts = readFileSync('/proc/mounts', 'utf8');
  for (const mounted of [path.join(root, 'dev'), path.join(root, 'proc'), root, memory])
    if (existsSync(mounted) && mounts.includes(` ${mounted} `)) await execute('umount', [mounted]);
}

async function execute(command: string, args: readonly string[], environment = {}): Promise<void> {
  const env = { ...process.env, ...environment };
  await promisify(execFile)(command, args, { env, maxBuffer: 64 * 1024 * 1024 });
}
