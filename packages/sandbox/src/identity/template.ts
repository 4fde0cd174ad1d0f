import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { VERSION } from '@coupon-media/apiv3';
import { backUpEmbeddedStore, SCHEMA_STEP } from '@coupon-media/server';
import { KEY_FILES } from './identity.js';

/**
 * A folder in which everything of a new sandbox stands: its keys, and a store with its merchants. Copying it takes a few
 * milliseconds, and making the same takes more than all the rest of a start.
 *
 * @param cache where this user's sandboxes keep their keys
 */
export function templateIn(cache: string): string {
  // A store of an earlier step would be migrated at each start.
  return path.join(cache, `folder-${VERSION}-${SCHEMA_STEP}`);
}

/**
 * Fills a new folder. Of several sandboxes that fill the same one, the first gives it its store, and no file of it is written a second time:
 * that sandbox may have opened it.
 *
 * @returns what the folder is now: `kept` if it had a store of its own, `filled`, or `empty` if there is no template
 */
export async function fillFromTemplate(
  template: string,
  folder: string,
): Promise<'kept' | 'filled' | 'empty'> {
  if (await exists(path.join(folder, STORE))) return 'kept';
  if (!(await exists(path.join(template, STORE)))) return 'empty';
  const draft = `${STORE}.${randomBytes(8).toString('hex')}.new`;
  try {
    await Promise.all(FOLDERS.map((name) => mkdir(path.join(folder, name), { recursive: true })));
    const copies = [...KEY_FILES.map((name) => [name, name] as const), [STORE, draft] as const];
    await Promise.all(
      copies.map(([from, to]) => copyUnlessThere(path.join(template, from), path.join(folder, to))),
    );
    await link(path.join(folder, draft), path.join(folder, STORE));
    return 'filled';
  } catch {
    // Without the store the folder is a new one, and what it lacks is made.
    return (await exists(path.join(folder, STORE))) ? 'kept' : 'empty';
  } finally {
    await rm(path.join(folder, draft), { force: true });
  }
}

async function copyUnlessThere(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/**
 * Makes the template of a folder that has just been made, unless there is one. Several processes may do this at once: the first
 * stays.
 */
export async function keepAsTemplate(template: string, folder: string): Promise<void> {
  if (await exists(template)) return;
  const draft = `${template}.${randomBytes(8).toString('hex')}.new`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await backUpEmbeddedStore({ folder, to: draft });
    await Promise.all(FOLDERS.map((name) => mkdir(path.join(draft, name), { mode: 0o700 })));
    await Promise.all(KEY_FILES.map((name) => copyFile(path.join(folder, name), path.join(draft, name))));
    await rename(draft, template);
  } catch {
    await rm(draft, { recursive: true, force: true });
  }
}

const STORE = 'store.db';

const FOLDERS = [...new Set(KEY_FILES.map((name) => path.dirname(name)))];

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
