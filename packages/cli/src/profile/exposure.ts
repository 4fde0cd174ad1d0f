import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import type { MessageKey } from '../messages/messages.js';
import type { Shell } from '../shell/shell.js';
import type { Profile } from './profile.js';

/** A private file that others can read or change. */
interface Exposure {
  readonly file: string;
  readonly key: MessageKey;
}

/** Warns if others can read or change a profile or its keys. It changes nothing. */
export function warnOfExposures(profile: Profile, { err, say }: Shell): void {
  for (const { file, key } of exposuresOf(profile)) err.lines(err.style.note(say(key, { file })));
}

/** @returns each file once, with its worst exposure */
function exposuresOf({ file, values }: Profile): Exposure[] {
  const found = new Map<string, Exposure>();
  const add = (name: string | undefined, key: MessageKey, isSo: (stats: Stats) => boolean): void => {
    const stats = name === undefined ? undefined : statsOf(name);
    if (name === undefined || !stats || found.has(name) || !isSo(stats)) return;
    found.set(name, { file: name, key });
  };
  const given = Object.values(values);
  add(file, 'exposed.profile', isChangeable);
  add(file && path.dirname(file), 'exposed.folder', isOpenFolder);
  for (const { value, isPath } of given) if (isPath) add(value, 'exposed.changeable', isChangeable);
  if (values.privateKey?.isPath) add(values.privateKey.value, 'exposed.key', isReadable);
  const hasSecret = [values.apiV3Key, values.privateKey].some((one) => one?.layer === 'file' && !one.isPath);
  if (hasSecret) add(file, 'exposed.secret', isReadable);
  return [...found.values()];
}

/** A missing file, or a text that is not a path, is reported where it is used. Windows has no such modes. */
function statsOf(file: string): Stats | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

/** Bits of a mode for group and others, and the sticky bit of folders. */
const READ = 0o044;
const WRITE = 0o022;
const WRITE_OF_OTHERS = 0o002;
const STICKY = 0o1000;

function isReadable({ mode }: Stats): boolean {
  return (mode & READ) !== 0;
}

function isChangeable({ mode }: Stats): boolean {
  return (mode & WRITE) !== 0;
}

/** For folders, only others count: groups are often shared on purpose. */
function isOpenFolder({ mode }: Stats): boolean {
  return (mode & (WRITE_OF_OTHERS | STICKY)) === WRITE_OF_OTHERS;
}
