import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';

/** Links what is in a folder from another one, as far as it is wanted. */
export async function link(from: string, to: string, isWanted: (name: string) => boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of (await readdir(from)).filter(isWanted))
    await symlink(path.resolve(from, name), path.join(to, name));
}
