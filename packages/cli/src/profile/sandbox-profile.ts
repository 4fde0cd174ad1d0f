import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { isLoopbackUrl } from '@coupon-media/apiv3';
import { CommandError } from '../shell/failure.js';
import type { GivenSetting, Values } from './settings.js';

/** The profile that is used if nothing is configured: the one that `npm start` writes. */
export const SANDBOX_PROFILE = path.join('.coupon-media', 'credentials.json');

/**
 * A folder from elsewhere may contain a profile that its user did not choose. So this file is used without being named only if
 * the user owns it, it leads to this machine, and its keys are in its own folder.
 *
 * @param values the values of the file
 * @throws CommandError if it must be named explicitly
 */
export function checkSandboxProfile(file: string, { hosts, ...values }: Values): void {
  const folder = path.dirname(file);
  if (![folder, file].every(isOwn)) throw new CommandError('config.sandboxAnothers', { file });
  for (const host of hosts?.value.split(',') ?? ['']) {
    if (!isLoopbackUrl(host.trim()))
      throw new CommandError('config.sandboxElsewhere', { file, host: host.trim() || '?' });
  }
  for (const given of Object.values(values)) {
    if (given.isPath && !isInside(folder, given))
      throw new CommandError('config.sandboxOutside', { file, key: given.name });
  }
}

/** The file is not a link, and no other user can write to it. Windows separates users' folders by other means. */
function isOwn(file: string): boolean {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return false;
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o002) === 0);
}

function isInside(folder: string, { value }: GivenSetting): boolean {
  const way = path.relative(realpathSync(folder), resolved(value));
  return way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}

/** Resolves a path through all links; a missing file keeps its name. */
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
