import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { CommandError } from '../shell/failure.js';
import type { GivenSetting, Values } from './settings.js';

/** What is used where nothing is configured: what `npm start` writes. */
export const SANDBOX_PROFILE = path.join('.coupon-media', 'credentials.json');

/**
 * Whoever enters a folder that came from elsewhere has not chosen what is in it. So this file is used without being named only
 * where it is the user's own, leads to this machine, and takes keys from its own folder.
 *
 * @param values as the file gives them
 * @throws CommandError it has to be named
 */
export function checkSandboxProfile(file: string, { hosts, ...values }: Values): void {
  const folder = path.dirname(file);
  if (![folder, file].every(isOwn)) throw new CommandError('config.sandboxAnothers', { file });
  for (const host of hosts?.value.split(',') ?? ['']) {
    if (!isLoopback(host.trim()))
      throw new CommandError('config.sandboxElsewhere', { file, host: host.trim() || '?' });
  }
  for (const given of Object.values(values)) {
    if (given.isPath && !isInside(folder, given))
      throw new CommandError('config.sandboxOutside', { file, key: given.name });
  }
}

/** No link, and nobody else may write to it. Windows keeps folders of users apart by other means. */
function isOwn(file: string): boolean {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return false;
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o002) === 0);
}

function isInside(folder: string, { value }: GivenSetting): boolean {
  const way = path.relative(realpathSync(folder), resolved(value));
  return way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}

/** Where a path leads, through all links; of what is not there, as it is written. */
function resolved(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.join(resolvedFolder(path.dirname(file)), path.basename(file));
  }
}

function resolvedFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

/** @returns whether an origin is of this machine alone, whatever it is called on the way: never of one that only begins like it */
export function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return (
    /^https?:$/.test(protocol) && /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/.test(hostname)
  );
}
